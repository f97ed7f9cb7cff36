import Foundation
import TestSupport
import Testing

/// Files where README says to put them, at scale smoke. The tables are stand-ins in Kaggle's form, larger than the scale.
@Suite(.serialized) struct RealDataTests {
  let program = ExperimentsProgram()

  /// Runs that make generated tables of another scale, whose files then serve as somebody's real ones.
  private func makeTables(properties: Int, salesEvery step: Int) throws -> URL {
    let folder = program.folder.url.appendingPathComponent("real/zillow")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // The program's own generated tables have all columns; their rows again under other parcels make a larger table.
    let listed = try program.start(["run", "5a", "--scale", "smoke", "--repetitions", "1"]).finish()
    try #require(listed.status == 0, "\(listed.errors)")
    let cache = program.folder.url.appendingPathComponent("Data/cache")
    let made = try #require(try FileManager.default.contentsOfDirectory(atPath: cache.path).first { $0.hasPrefix("zillow-v") })
    func lines(_ name: String) throws -> [Substring] {
      try String(contentsOf: cache.appendingPathComponent("\(made)/\(name)"), encoding: .utf8).split(separator: "\n")
    }
    func write(_ name: String, keep: (Int, String) -> Bool = { _, _ in true }) throws {
      let all = try lines(name)
      var text = all[0] + "\n"
      for copy in 0..<properties / 2_000 {
        for line in all.dropFirst() {
          let comma = line.firstIndex(of: ",")!
          let parcel = String((Int(line[..<comma])!) + copy * 1_000_000_000)
          if keep(copy, parcel) { text += parcel + line[comma...] + "\n" }
        }
      }
      try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }
    try write("properties_2016.csv")
    try write("train_2016_v2.csv") { copy, parcel in copy == 0 || Int(parcel)! % step == 0 }
    try write("sample_submission.csv")
    return folder
  }

  private func rows(_ file: URL) throws -> Int { try String(contentsOf: file, encoding: .utf8).split(separator: "\n").count - 1 }

  @Test("A scale takes the first so many properties of real tables and their sales, says how many of how many, and keeps to its time")
  func tables() throws {
    let real = try makeTables(properties: 8_000, salesEvery: 3)
    let sales = try rows(real.appendingPathComponent("train_2016_v2.csv"))
    let folder = program.folder.path + "/real"
    let listed = try program.start(["list", "--scale", "paper"], data: folder).finish()
    #expect(listed.status == 0)
    let line = try #require(listed.output.split(separator: "\n").first { $0.contains("fig6a-zillow-storage") })
    // Hours at the paper's size, a minute and a half for 8,000 properties.
    #expect(line.firstMatch(of: /\d s\s/) != nil && line.firstMatch(of: /\d h\s/) == nil, "\(listed.output)")

    let run = try program.start(["run", "5a", "fig11a", "--scale", "smoke", "--repetitions", "1"], data: folder).finish()
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    let words = "the first 2,000 of 8,000 properties and their 1,000 of \(grouped(sales)) sales"
    #expect(run.output.contains("Real Zillow tables: \(words)"), "\(run.output)")
    let results = program.folder.url.appendingPathComponent("Results/runs/smoke/fig5a-zillow-queries")
    let provenance = try String(contentsOf: results.appendingPathComponent("provenance.json"), encoding: .utf8)
    #expect(
      provenance.contains("\"real\"") && provenance.contains("Zillow Prize tables, \(words)") && provenance.contains("properties_2016.csv"))
    let script = try String(contentsOf: results.appendingPathComponent("fig5a-zillow-queries.gp"), encoding: .utf8)
    #expect(script.contains("real data: Zillow Prize tables, \(words)"))

    let cache = program.folder.url.appendingPathComponent("Data/cache")
    let sample = try #require(try FileManager.default.contentsOfDirectory(atPath: cache.path).first { $0.hasSuffix("-2000") })
    for (name, count) in [("properties_2016.csv", 2_000), ("train_2016_v2.csv", 1_000), ("sample_submission.csv", 2_000)] {
      let taken = try String(contentsOf: cache.appendingPathComponent("\(sample)/\(name)"), encoding: .utf8)
      #expect(try rows(cache.appendingPathComponent("\(sample)/\(name)")) == count)
      let whole = try String(contentsOf: real.appendingPathComponent(name), encoding: .utf8)
      #expect(whole.hasPrefix(taken), "\(name)")
    }
  }

  private func grouped(_ number: Int) -> String {
    number < 1_000 ? "\(number)" : "\(number / 1_000)," + String(format: "%03d", number % 1_000)
  }

  @Test("Tables that do not belong together are an error of the experiments on tables, and the others go on")
  func brokenTables() throws {
    let folder = program.folder.url.appendingPathComponent("broken/zillow")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, header) in [
      ("properties_2016.csv", "parcelid,x"), ("train_2016_v2.csv", "parcel,logerror"), ("sample_submission.csv", "ParcelId,201610"),
    ] {
      let rows = (0..<2_500).map { "\($0),1" }.joined(separator: "\n")
      try Data("\(header)\n\(rows)\n".utf8).write(to: folder.appendingPathComponent(name))
    }
    let run = try program.start(["run", "5a", "fig14", "--scale", "smoke", "--repetitions", "1"], data: program.folder.path + "/broken")
      .finish()
    #expect(run.status == 1)
    #expect(
      run.errors.contains("not completed") && run.errors.contains("train_2016_v2.csv: it has no column parcelid but parcel, logerror"))
    #expect(FileManager.default.fileExists(atPath: program.folder.path + "/Results/runs/smoke/fig14-column-compression/rows.csv"))
  }

  @Test("Weights of VGG16 at its own widths are set aside by a scale whose network is narrower, and the test batch is held out")
  func weightsAndTestBatch() throws {
    let folder = program.folder.url.appendingPathComponent("images")
    let batches = folder.appendingPathComponent("cifar-10-batches-bin")
    try FileManager.default.createDirectory(at: batches, withIntermediateDirectories: true)
    try records(1_480, seed: 1).write(to: batches.appendingPathComponent("data_batch_1.bin"))
    try records(50, seed: 2).write(to: batches.appendingPathComponent("test_batch.bin"))
    try writeFullWidthWeights(to: folder.appendingPathComponent("vgg16.safetensors"))
    let run = try program.start(["run", "7a", "fig14", "--scale", "smoke", "--repetitions", "1"], data: folder.path).finish()
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    #expect(
      run.output.contains("vgg16.safetensors is set aside: its convolutions have 64 to 512 channels, VGG16 at scale smoke has 8 to 64"),
      "\(run.output)")
    let results = program.folder.path + "/Results/runs/smoke/fig7a-rerun-cost/provenance.json"
    let provenance = try String(contentsOfFile: results, encoding: .utf8)
    #expect(
      provenance.contains("held out 50 test images") && provenance.contains("test_batch.bin") && !provenance.contains("vgg16.safetensors"))
  }

  private func records(_ count: Int, seed: UInt64) -> Data {
    var random = SeededRandom(seed: seed)
    var data = Data(capacity: count * 3_073)
    for _ in 0..<count {
      data.append(UInt8(random.next() % 10))
      let shade = UInt8(truncatingIfNeeded: random.next())
      data.append(contentsOf: (0..<3_072).map { _ in shade &+ UInt8(random.next() % 32) })
    }
    return data
  }

  /// Real header, and zeros for 528 MB of values: the file takes no room.
  private func writeFullWidthWeights(to file: URL) throws {
    let positions = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]
    let widths = [64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]
    var tensors: [(String, [Int])] = []
    for (number, width) in widths.enumerated() {
      tensors.append(("features.\(positions[number]).weight", [width, number == 0 ? 3 : widths[number - 1], 3, 3]))
      tensors.append(("features.\(positions[number]).bias", [width]))
    }
    for (number, shape) in [(0, [4_096, 25_088]), (3, [4_096, 4_096]), (6, [1_000, 4_096])] {
      tensors += [("classifier.\(number).weight", shape), ("classifier.\(number).bias", [shape[0]])]
    }
    var offset = 0
    let members = tensors.map { name, shape in
      defer { offset += shape.reduce(4, *) }
      return "\"\(name)\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[\(offset),\(offset + shape.reduce(4, *))]}"
    }
    let header = "{" + members.joined(separator: ",") + "}"
    var data = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    data.append(contentsOf: header.utf8)
    try data.write(to: file)
    let handle = try FileHandle(forWritingTo: file)
    try handle.truncate(atOffset: UInt64(data.count + offset))
    try handle.close()
  }

  @Test("Standard streams that are full or closed cost no result, and the status says so")
  func streams() throws {
    func bash(_ line: String) throws -> Command.Result {
      try Command(["bash", "-c", line, ExperimentsProgram.path], in: program.folder.url, environment: ["MISTIQUE_DATA": ""]).finish()
    }
    for command in ["list --scale smoke", "--help", "run --help"] {
      let full = try bash("\"$0\" \(command) >/dev/full")
      #expect(full.status == 1 && full.errors.contains("Error: standard output: No space left on device"), "\(command): \(full.errors)")
      #expect(try bash("\"$0\" \(command) >&-").status == 1)
      #expect(try bash("exec 3> >(exec <&-); wait $!; \"$0\" \(command) >&3").status == 141)
    }
    #expect(try bash("\"$0\" run fig14 --scale smoke --repetitions 1 <&- >&- 2>&-").status == 1)
    let rows = try program.rows("smoke/fig14-column-compression")
    #expect(rows.count > 10)
    #expect(try bash("\"$0\" run fig14 --scale smoke --repetitions 1 2>/dev/full").status == 0, "nothing was to be said there")
    #expect(try bash("\"$0\" run nothing 2>/dev/full").status == 1)
  }
}
