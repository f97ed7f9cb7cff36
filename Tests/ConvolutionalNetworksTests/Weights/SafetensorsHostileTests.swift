import Foundation
import Groundwork
import TestSupport
import Testing

@testable import ConvolutionalNetworks

/// Headers that contradict the format: each is refused with an error that says where.
struct SafetensorsHostileTests {
  private func file(_ header: String, data: Int = 0) throws -> SafetensorsFile {
    var bytes = Data()
    bytes.append(number: UInt64(header.utf8.count))
    bytes.append(contentsOf: header.utf8)
    bytes.append(Data(repeating: 1, count: data))
    return try SafetensorsFile(bytes, origin: "memory")
  }

  /// The description of the error that a header ends in.
  private func refusal(_ header: String, data: Int = 0) -> String {
    do {
      _ = try file(header, data: data)
      return "none"
    } catch { return "\(error)" }
  }

  private func tensor(_ name: String = "a", _ type: String = "F32", _ shape: String = "[2]", _ offsets: String = "[0,8]") -> String {
    #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}"#
  }

  @Test("A sound header is read with its spaces, types and texts")
  func soundHeader() throws {
    let sound = try file(
      #" { "__metadata__" : {"a\u0062":"\n"}, \#(tensor()) ,"# + "\n" + tensor("s", "F16", "[ ]", "[8,10]") + ","
        + tensor("new", "F4", "[3]", "[10,12]") + " }   ", data: 12)
    #expect(sound.names == ["a", "s", "new"])
    #expect(sound.metadata == ["ab": "\n"])
    #expect(sound.entries.map(\.shape) == [[2], [], [3]])
    #expect(try sound.tensor("s").values.count == 1)
    #expect(throws: SafetensorsError.self) { try sound.tensor("new") }
    #expect(try file("{}").names.isEmpty)
  }

  @Test("Offsets must fit the data and each other")
  func offsets() {
    let second = tensor("b", "F32", "[2]", "[8,16]")
    #expect(refusal("{\(tensor()),\(second)}", data: 16) == "none")
    #expect(refusal("{\(tensor()),\(second)}", data: 15).contains("is not a whole safetensors file"))
    #expect(refusal("{\(tensor()),\(second)}", data: 17).contains("memory has 1 bytes behind its last tensor"))
    #expect(refusal("{\(tensor()),\(tensor("b", "F32", "[2]", "[4,12]"))}", data: 12).contains("overlap"))
    #expect(refusal("{\(tensor()),\(tensor("b"))}", data: 8).contains("overlap"))
    #expect(refusal("{\(tensor()),\(tensor("b", "F32", "[2]", "[12,20]"))}", data: 20).contains("hole"))
    #expect(refusal("{\(tensor("a", "F32", "[2]", "[8,0]"))}", data: 8).contains("bytes 8 to 0"))
    #expect(refusal("{}", data: 3).contains("3 bytes behind"))
  }

  @Test("Shapes must fit the bytes")
  func shapes() {
    #expect(refusal("{\(tensor("a", "F64"))}", data: 8).contains("shape [2] of F64 needs 16 bytes, it has 8"))
    #expect(refusal("{\(tensor("a", "I64"))}", data: 8).contains("needs 16 bytes"))
    #expect(refusal("{\(tensor("a", "F32", "[4611686018427387904,4]"))}", data: 8).contains("too large"))
    #expect(refusal("{\(tensor("a", "F32", "[0,9223372036854775807]", "[0,0]"))}") == "none")
    #expect(refusal("{\(tensor("a", "F32", "[99999999999999999999]"))}", data: 8).contains("whole number"))
    #expect(refusal("{\(tensor("a", "F32", "[-2]"))}", data: 8).contains("whole number"))
    #expect(refusal("{\(tensor("a", "F32", "[2.0]"))}", data: 8).contains("expected ]"))
  }

  @Test("A tensor without values is named as such")
  func zeroSize() throws {
    let sound = try file("{\(tensor("empty", "F32", "[64,0,3]", "[0,0]")),\(tensor())}", data: 8)
    #expect(try sound.tensor("a").values.count == 2)
    do {
      _ = try sound.tensor("empty")
      Issue.record("no error")
    } catch {
      #expect("\(error)".contains("tensor empty of memory is a zero-size tensor: its shape is [64, 0, 3]") && !"\(error)".contains("again"))
    }
    #expect(throws: SafetensorsError.self) { try file("{\(tensor("e", "I64", "[0]", "[0,0]"))}").tensor("e") }
  }

  @Test(
    "Other formats are named, with what to do",
    arguments: [
      ("PK\u{3}\u{4}aaaaaaaa", "zip archive", "safetensors.torch.save_file"),
      ("version https://git-lfs.github.com/spec/v1\n", "Git LFS", "git lfs pull"),
      ("<!DOCTYPE html><html>", "a web page", "download it again"), ("GGUF\u{3}\u{0}\u{0}\u{1}aaa", "GGUF", "made from"),
    ])
  func otherFormats(text: String, format: String, remedy: String) {
    do {
      _ = try SafetensorsFile(Data(text.utf8), origin: "w.safetensors")
      Issue.record("no error")
    } catch { #expect("\(error)".contains(format) && "\(error)".contains(remedy) && "\(error)".hasPrefix("w.safetensors"), "\(error)") }
  }

  @Test("A header whose length looks like another format is still read")
  func misleadingLength() throws {
    // 640 and 35,615 bytes begin as a pickle and as gzip do.
    for length in [640, 35_615] {
      let entry = tensor()
      let padded = "{\(entry)}" + String(repeating: " ", count: length - entry.utf8.count - 2)
      #expect(try file(padded, data: 8).names == ["a"])
    }
  }

  @Test("A name that occurs twice is refused")
  func duplicateNames() {
    #expect(
      refusal("{\(tensor()),\(tensor())}", data: 8) == "the header of memory has the name a twice. Download or export the file again.")
    #expect(refusal("{\(tensor("\\u0061")),\(tensor())}", data: 8).contains("the name a twice"))
    #expect(refusal(#"{"__metadata__":{},"__metadata__":{}}"#).contains("__metadata__ twice"))
    #expect(refusal(#"{"__metadata__":{"k":"1","k":"2"}}"#).contains("__metadata__.k twice"))
    #expect(refusal(#"{"a":{"dtype":"F32","dtype":"F16","shape":[],"data_offsets":[0,4]}}"#, data: 4).contains("a.dtype twice"))
  }

  @Test("JSON that is not the format's is refused")
  func otherJSON() {
    for header in [
      "", " ", "[]", "{", "}", "null", "{\"a\":1}", "{\"a\":{}}", "{\(tensor())", "{\(tensor())}x", "{\(tensor()),}", "{\"a", "{\"a\\",
      "{\"\\q\":1}", "{\"__metadata__\":{\"k\":1}}", "{\"__metadata__\":[]}", "{\"a\":{\"dtype\":4}}",
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#, #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1}}"#,
      String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 100_000),
    ] {
      #expect(refusal(header, data: 8).contains("malformed at byte"), "\(header.prefix(60)): \(refusal(header, data: 8))")
    }
  }

  @Test("Impossible headers are refused before they are read")
  func impossibleHeaders() {
    for length: UInt64 in [100_000_001, 1 << 62, .max] {
      var bytes = Data()
      bytes.append(number: length)
      #expect { try SafetensorsFile(bytes, origin: "memory") } throws: { "\($0)".contains("a header of \(length) bytes") }
    }
    var bytes = Data()
    bytes.append(number: UInt64(90_000_000))
    #expect { try SafetensorsFile(bytes, origin: "memory") } throws: { "\($0)".contains("it has 8 bytes, at least 90000008") }
    #expect { try SafetensorsFile(Data([1, 2]), origin: "memory") } throws: { "\($0)".contains("it has 2 bytes, at least 8") }
    #expect { try SafetensorsFile(contentsOf: URL(fileURLWithPath: "/no/such/file")) } throws: { "\($0)".contains("/no/such/file") }
  }

  @Test("A folder and a FIFO are no weights, and are neither waited for nor mapped")
  func noFiles() throws {
    let folder = TemporaryDirectory("weights")
    let fifo = folder.url.appendingPathComponent("fifo.safetensors")
    try #require(mkfifo(fifo.path, 0o600) == 0)
    for url in [fifo, folder.url] {
      #expect { try SafetensorsFile(contentsOf: url) } throws: { "\($0)".hasPrefix("\(url.path) is no regular file") }
    }
  }

  @Test("Every half becomes the float of the same value")
  func halves() {
    // Against arithmetic: sign, exponent of 15 too much, ten bits of fraction.
    for bits in UInt16.min...UInt16.max {
      let exponent = Int(bits >> 10) & 0x1F
      let fraction = Double(bits & 0x3FF)
      var expected =
        exponent == 0 ? fraction * 0x1p-24 : (1 + fraction / 1_024) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
      if exponent == 31 { expected = fraction == 0 ? .infinity : .nan }
      if bits >> 15 == 1 { expected = -expected }
      let value = HalfPrecision.widened(bits)
      guard value.isNaN ? expected.isNaN : value.bitPattern == Float(expected).bitPattern else {
        Issue.record("\(bits): \(value), expected \(expected)")
        return
      }
    }
  }
}
