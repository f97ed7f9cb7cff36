import ArrayFiles
import Foundation
import TestSupport
import Testing

/// `mistique import` and `mistique export`: what went in comes out, as the same files.
struct ArrayCommandTests {
  private let fixture: ToolFixture

  init() throws { fixture = try ToolFixture(hours: 50) }

  private func url(_ path: String) -> URL { fixture.folder.url.appendingPathComponent(path) }

  private func save<Value>(_ path: String, _ type: String, _ shape: [Int], _ values: [Value]) throws {
    try FileManager.default.createDirectory(at: url(path).deletingLastPathComponent(), withIntermediateDirectories: true)
    var file = try NPYWriter(url(path), type: type, shape: shape)
    try values.withUnsafeBytes { try file.write($0) }
    try file.commit()
  }

  /// Seven examples: maps with NaN and infinity among them, doubles, integers beyond 2^53 and float16.
  private func saveArrays() throws {
    let maps = (0..<84).map { (place: Int) -> Float in
      if place % 11 == 0 { return .nan }
      return place % 13 == 0 ? -.infinity : Float(place) * 0.37 - 3
    }
    try save("activations/maps.npy", "<f4", [7, 3, 2, 2], maps)
    try save("activations/doubles.npy", "<f8", [7, 2], (0..<14).map { Double($0) / 3 })
    try save("activations/wide.npy", "<i8", [7, 1], (0..<7).map { Int64.max - Int64($0) })
  }

  @Test("An exported array is the file that was imported, byte for byte, and its ids are its rows")
  func roundTrip() throws {
    try saveArrays()
    let printed = try fixture.output("import", "Store", "mine.net", "activations")
    #expect(printed.contains("mine.net: 3 intermediates") && printed.contains("wide"))
    for name in ["maps", "doubles", "wide"] {
      try fixture.output("export", "Store", "mine.net.\(name).*", "--to", "\(name).npy", "--ids", "ids.npy")
      #expect(try Data(contentsOf: url("\(name).npy")) == Data(contentsOf: url("activations/\(name).npy")), "\(name)")
      try save("expected.npy", "<i8", [7], (0..<7).map { Int64($0) })
      #expect(try Data(contentsOf: url("ids.npy")) == Data(contentsOf: url("expected.npy")))
    }
  }

  @Test("Beside a damaged partition arrays are imported, and a warning names the file")
  func besideDamage() throws {
    try saveArrays()
    try fixture.output("import", "Store", "mine.net", "activations")
    let largest = fixture.folder.files().filter { $0.key.hasSuffix(".mqp") }.max { ($0.value, $0.key) < ($1.value, $1.key) }
    let file = url(try #require(largest).key)
    try Data(contentsOf: file).dropLast(10).write(to: file)
    let imported = try fixture.run("import", "Store", "mine.again", "activations")
    #expect(imported.status == 0)
    #expect(imported.errors.split(separator: "\n").contains { $0.hasPrefix("Warning: ") && $0.contains(file.lastPathComponent) })
    for name in ["maps", "doubles", "wide"] {
      try fixture.output("export", "Store", "mine.again.\(name).*", "--to", "\(name).npy")
      #expect(try Data(contentsOf: url("\(name).npy")) == Data(contentsOf: url("activations/\(name).npy")), "\(name)")
    }
    let deleted = try fixture.output("delete", "Store", "mine.net")
    #expect(deleted.contains("1 of the partitions was damaged, and its file is now in partitions.set-aside"), "\(deleted)")
    try fixture.output("verify", "Store")
  }

  @Test("Arrays go out as .npz and .safetensors, and come in from these as they went out")
  func otherFiles() throws {
    try saveArrays()
    try fixture.output("import", "Store", "mine.net", "activations")
    for format in ["npz", "safetensors"] {
      for name in ["maps", "doubles", "wide"] {
        let told = try fixture.run("export", "Store", "mine.net.\(name).*", "--to", "\(format)/\(name).\(format)")
        #expect(told.status == 64 && told.errors.contains("Make"), "\(told.errors)")
        try FileManager.default.createDirectory(at: url(format), withIntermediateDirectories: true)
        try fixture.output("export", "Store", "mine.net.\(name).*", "--to", "\(format)/\(name).\(format)")
        try fixture.output("import", "Store", "\(format).\(name)", "\(format)/\(name).\(format)")
        try fixture.output("export", "Store", "\(format).\(name).\(name).*", "--to", "again.npy")
        #expect(try Data(contentsOf: url("again.npy")) == Data(contentsOf: url("activations/\(name).npy")), "\(format) \(name)")
        try FileManager.default.removeItem(at: url(format))
      }
    }
    try fixture.output("export", "Store", "mine.net.maps.n1", "--rows", "2,5", "--to", "one.safetensors", "--ids", "ids.npy")
    let all = try Data(contentsOf: url("activations/maps.npy")).suffix(7 * 12 * 4)
    let wanted = [2, 5].flatMap { row in Array(all.dropFirst((row * 12 + 4) * 4).prefix(16)) }
    let one = try NumericArray.all(in: url("one.safetensors"))[0]
    #expect(one.name == "maps" && one.shape == [2, 1, 2, 2])
    try one.forEachBlock(of: 2) { _, bytes in #expect(Array(bytes) == wanted) }
  }

  @Test("An array that cannot be written leaves the ids that were there; one that is has its own ids beside it")
  func idsOfAnother() throws {
    try saveArrays()
    try fixture.output("import", "Store", "mine.net", "activations")
    try fixture.output("export", "Store", "mine.net.maps.*", "--rows", "1,2", "--to", "a.npy", "--ids", "ids.npy")
    let before = try Data(contentsOf: url("ids.npy"))
    for ending in ["npy", "npz", "safetensors"] {
      try FileManager.default.createDirectory(at: url("folder.\(ending)"), withIntermediateDirectories: true)
      let failed = try fixture.run("export", "Store", "mine.net.maps.*", "--rows", "3-5", "--to", "folder.\(ending)", "--ids", "ids.npy")
      #expect(try failed.status == 1 && Data(contentsOf: url("ids.npy")) == before, "\(failed)")
    }
    try fixture.output("export", "Store", "mine.net.maps.*", "--rows", "3-5", "--to", "a.npy", "--ids", "ids.npy")
    try save("expected.npy", "<i8", [3], [Int64(3), 4, 5])
    #expect(try Data(contentsOf: url("ids.npy")) == Data(contentsOf: url("expected.npy")))
  }

  @Test("CSV is what get writes, texts and row ids with it")
  func csv() throws {
    try fixture.output("log", "bike-sharing.yaml", "--data", "data", "--store", "Store")
    try fixture.output("export", "Store", "bikes.hourly.read.*", "--rows", "3,7-9", "--to", "out.csv")
    try fixture.output("get", "Store", "bikes.hourly.read.*", "--rows", "3,7-9", "--output", "expected.csv")
    #expect(try fixture.read("out.csv") == fixture.read("expected.csv"))
    #expect(try fixture.read("out.csv").hasPrefix("row_id,"))
  }

  @Test("Chosen rows and channels are exported with their ids, and a note says where these are missing")
  func chosen() throws {
    try saveArrays()
    try fixture.output("import", "Store", "mine.net", "activations/maps.npy", "--policy", "store-all")
    let result = try fixture.run("export", "Store", "mine.net.maps.n1", "--rows", "2,5", "--to", "one.npy")
    #expect(result.status == 0 && result.errors.contains("2 x 1 x 2 x 2, float32") && result.errors.contains("--ids writes them"))
    let all = try Data(contentsOf: url("activations/maps.npy")).suffix(7 * 12 * 4)
    let wanted = [2, 5].flatMap { row in Array(all.dropFirst((row * 12 + 4) * 4).prefix(16)) }
    #expect(Array(try Data(contentsOf: url("one.npy")).suffix(32)) == wanted)
  }

  @Test("Import prints a note for each array that a scheme or maps do not apply to, and no control character of an array's name")
  func notes() throws {
    try saveArrays()
    try save("activations/four\u{1B}[31m.npy", "<f8", [7, 1, 2, 1], (0..<14).map { Double($0) / 3 })
    let told = try fixture.run("import", "Store", "mine.net", "activations", "--scheme", "pool(2)")
    #expect(told.status == 0 && told.errors.contains("note: four [31m is 7 x 1 x 2 x 1 of float64"), "\(told.errors)")
    #expect(told.errors.contains("note: wide is 7 x 1 of int64") && !told.errors.contains("note: maps"), "\(told.errors)")
    #expect(told.errors.contains("POOL_QT(average 2x2) does not apply to it"))
    let listed = try fixture.output("intermediates", "Store", "mine.net")
    for printed in [told.output, told.errors, listed] { #expect(!printed.contains("\u{1B}") && printed.contains("four [31m")) }
  }

  @Test("A pipeline's integers are int64, and beside others float64")
  func pipeline() throws {
    try fixture.output("log", "bike-sharing.yaml", "--data", "data", "--store", "Store")
    let integers = try fixture.run("export", "Store", "bikes.hourly.read.cnt", "--to", "cnt.npy")
    #expect(integers.status == 0 && integers.errors.contains("50 x 1, int64"))
    let mixed = try fixture.run("export", "Store", "bikes.hourly.read.cnt", "bikes.hourly.read.temp", "--to", "both.npy")
    #expect(mixed.status == 0 && mixed.errors.contains("50 x 2, float64"))
  }

  @Test("What cannot be imported or exported is refused with what to do, and leaves nothing behind")
  func refused() throws {
    try saveArrays()
    try fixture.expectError(["import", "Store", "mine.net", "nothing"], "nothing", "not there")
    #expect(!FileManager.default.fileExists(atPath: url("Store").path))
    try fixture.write("activations/maps.npy", "not an array")
    try fixture.expectError(["import", "Store", "mine.net", "activations"], "maps.npy")
    try saveArrays()
    try fixture.expectError(["import", "data", "mine.net", "activations"], status: 64, "not a store")
    try fixture.expectError(["import", "Store", "net", "activations"], "does not name a model")
    try fixture.output("import", "Store", "mine.net", "activations")
    try fixture.expectError(["import", "Store", "mine.net", "activations"], "a model of that name", "mistique delete Store mine.net")
    try fixture.expectError(["export", "Store", "mine.net.maps.*", "--to", "maps.parquet"], status: 64, "export_parquet")
    try fixture.expectError(["export", "Store", "mine.net.maps.*", "--to", "maps.h5"], status: 64, ".npy, .npz, .safetensors, .csv")
    try fixture.expectError(["export", "Store", "mine.net.maps.*", "--to", "a.npz", "--ids", "b.npz"], status: 64, "--ids", ".npy")
    try fixture.expectError(["export", "Store", "mine.net.maps.*", "--to", "a.npy", "--ids", "./a.npy"], status: 64, "are one file")
    try fixture.expectError(["export", "Store", "mine.net.maps.*", "--to", "no/folder/a.npy"], status: 64, "no/folder")
    try fixture.expectError(["export", "Store", "mine.net.maps.*", "mine.net.wide.*", "--to", "a.npy"], status: 64, "two intermediates")
    #expect(!FileManager.default.fileExists(atPath: url("a.npy").path))
  }
}
