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
    try fixture.expectError(["export", "Store", "mine.net.maps.*", "--to", "a.npy", "--ids", "./a.npy"], status: 64, "are one file")
    try fixture.expectError(["export", "Store", "mine.net.maps.*", "--to", "no/folder/a.npy"], status: 64, "no/folder")
    try fixture.expectError(["export", "Store", "mine.net.maps.*", "mine.net.wide.*", "--to", "a.npy"], status: 64, "two intermediates")
    #expect(!FileManager.default.fileExists(atPath: url("a.npy").path))
  }
}
