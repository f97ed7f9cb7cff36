import Foundation
import TestSupport
import Testing

@testable import ConvolutionalNetworks

/// Files of tensors with bytes that nobody wrote: refused with a `SafetensorsError`, or tensors that tile the data. `MISTIQUE_FUZZ_SAFETENSORS`
/// says how many.
@Suite("Random safetensors files")
struct SafetensorsFuzzTests {
  private static let mutations = ByteMutations(tokens: [
    "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud83d", "\\\"", "null", "true", "-1", "1.0", "1e3", "9223372036854775807",
    "9223372036854775808", "0", "F32", "F64", "BF16", "I64", "F4", "dtype", "shape", "data_offsets", "__metadata__", " ", "\n", "[0,0]",
    "[[", "{{",
    "\u{0}", "é",
  ])
  private static let types = [("F32", 4), ("F16", 2), ("BF16", 2), ("F64", 8), ("I64", 8), ("U8", 1), ("F4", 0)]

  @Test("A mutated file is refused with a SafetensorsError, or its tensors tile the data and each is read or refused")
  func mutated() {
    let report = TortureRun("safetensors", TortureSettings("MISTIQUE_FUZZ_SAFETENSORS", small: 10_000)).run { _, random in
      var (header, data) = Self.file(&random)
      let isMutated = random.next() % 8 != 0
      if isMutated { Self.mutations.mutate(&header, &random) }
      var length = UInt64(header.count)
      if isMutated, random.next() % 16 == 0 {
        length = [0, length &+ 1, length &- 1, 100_000_000, 100_000_001, 1 << 63, .max][Int(random.next() % 7)]
      }
      if isMutated, random.next() % 8 == 0 { data = data.dropLast(Int(random.next() % 9)) }
      let bytes = withUnsafeBytes(of: length.littleEndian) { Data($0) } + header + data
      let file: SafetensorsFile
      do { file = try SafetensorsFile(bytes, origin: "fuzz") } catch is SafetensorsError {
        guard isMutated else { throw BrokenProperty("\(String(decoding: header, as: UTF8.self)) is refused") }
        return "refused"
      }
      try Self.judge(file, dataBytes: bytes.count - 8 - Int(length), header)
      return isMutated ? "another file" : "read"
    }
    #expect(report.failures.isEmpty, "\(report.failures.joined(separator: "\n"))")
    #expect(Set(report.outcomes.keys).isSuperset(of: ["read", "refused", "another file"]))
  }

  private static func judge(_ file: SafetensorsFile, dataBytes: Int, _ header: [UInt8]) throws {
    var end = 0
    guard Set(file.names).count == file.names.count else { throw BrokenProperty("\(file.names) are not different") }
    for entry in file.entries {
      guard entry.range.lowerBound == end else { throw BrokenProperty("\(entry) does not begin at \(end)") }
      end = entry.range.upperBound
      do {
        let tensor = try file.tensor(entry.name)
        guard tensor.values.count == entry.shape.reduce(1, *), tensor.shape == entry.shape else {
          throw BrokenProperty("\(entry) has \(tensor.values.count) values: \(String(decoding: header, as: UTF8.self))")
        }
      } catch is SafetensorsError {}
    }
    guard end == dataBytes else { throw BrokenProperty("the tensors have \(end) of \(dataBytes) bytes") }
  }

  private static func file(_ random: inout SeededRandom) -> (header: [UInt8], data: Data) {
    func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
    var (members, end) = ([String](), 0)
    for number in 0..<below(4) {
      let (type, size) = types[below(types.count)]
      let shape = (0..<below(4)).map { _ in [1, 2, 3, 0][below(20) == 0 ? 3 : below(3)] }
      let bytes = shape.reduce(size, *)
      members.append("\"t\(number)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(end),\(end + bytes)]}")
      end += bytes
    }
    if below(4) == 0 { members.append("\"__metadata__\":{\"format\":\"pt\"}") }
    members.shuffle(using: &random)
    return (Array("{\(members.joined(separator: ","))}".utf8) + [UInt8](repeating: 0x20, count: below(8)), Data(count: end))
  }
}
