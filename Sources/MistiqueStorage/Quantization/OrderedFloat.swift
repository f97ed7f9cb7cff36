import CStorageKernels

/// What fitting a codebook asks of float32 and float64.
protocol OrderedFloat: BinaryFloatingPoint, Sendable {
  associatedtype OrderKey: FixedWidthInteger & UnsignedInteger & Sendable

  /// The unsigned integer in the order of the values: -inf < ... < -0 = 0 < ... < inf. Not for NaN.
  var orderKey: OrderKey { get }

  init(orderKey: OrderKey)

  /// Ascending, with -0 as 0; `sample` holds no NaN.
  static func sorted(_ sample: [Self]) -> [Self]
}

extension Float: OrderedFloat {
  var orderKey: UInt32 {
    // Adding 0 turns -0 into 0.
    let bits = (self + 0).bitPattern
    return bits ^ (UInt32(bitPattern: Int32(bitPattern: bits) >> 31) | 0x8000_0000)
  }

  init(orderKey: UInt32) { self.init(bitPattern: orderKey & 0x8000_0000 != 0 ? orderKey ^ 0x8000_0000 : ~orderKey) }

  /// A radix sort of the keys: a sample for each of 512 channels would take seconds by comparison.
  static func sorted(_ sample: [Float]) -> [Float] {
    var keys = sample.map(\.orderKey)
    var scratch = [UInt32](repeating: 0, count: keys.count)
    mistique_quantize_sort(keys.count, &scratch, &keys)
    return keys.map(Float.init(orderKey:))
  }
}

extension Double: OrderedFloat {
  var orderKey: UInt64 {
    let bits = (self + 0).bitPattern
    return bits ^ (UInt64(bitPattern: Int64(bitPattern: bits) >> 63) | 1 << 63)
  }

  init(orderKey: UInt64) { self.init(bitPattern: orderKey & 1 << 63 != 0 ? orderKey ^ 1 << 63 : ~orderKey) }

  static func sorted(_ sample: [Double]) -> [Double] { sample.map { $0 + 0 }.sorted() }
}
