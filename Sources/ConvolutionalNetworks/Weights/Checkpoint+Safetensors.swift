import Foundation
import Groundwork

extension Checkpoint {
  /// The checkpoint as a safetensors file (F32), which PyTorch, JAX and NumPy read.
  ///
  /// The data begin at a multiple of eight bytes. Unlike ``serialized()`` the file does not check itself.
  /// - Precondition: no tensor is named `__metadata__`, which the format keeps for itself.
  public func safetensors() -> Data {
    precondition(self["__metadata__"] == nil, "a tensor cannot be named __metadata__")
    var offset = 0
    let members = tensors.map { tensor in
      defer { offset += tensor.values.count * 4 }
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      let offsets = "\(offset),\(offset + tensor.values.count * 4)"
      return "\(Self.quoted(tensor.name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],\"data_offsets\":[\(offsets)]}"
    }
    var header = Data("{\(members.joined(separator: ","))}".utf8)
    header.append(Data(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
    var file = ByteWriter(capacity: 8 + header.count + offset)
    file.write(UInt64(header.count))
    file.write(bytes: header)
    // Every platform that Swift runs on is little-endian, as is the checkpoint's own form.
    for tensor in tensors { tensor.values.withUnsafeBytes { file.write(bytes: $0) } }
    return Data(file.bytes)
  }

  /// A string of JSON.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
