import Foundation

/// A `.npy` file of some bytes, as NumPy writes it.
func npy(_ type: String, _ shape: [Int], _ bytes: [UInt8]) -> Data {
  let dimensions = shape.map { "\($0)," }.joined(separator: " ")
  var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(dimensions)), }"
  header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
  let length = header.utf8.count
  return Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(header.utf8) + bytes)
}

/// A `.npy` file of float32.
func npy(_ shape: [Int], _ values: [Float]) -> Data { npy("<f4", shape, values.withUnsafeBytes { Array($0) }) }
