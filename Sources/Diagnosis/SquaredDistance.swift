/// The squared Euclidean distance of two rows in float64: every difference of two float32 values is taken in float64, and the sums are in a
/// fixed order, so that equal rows have equal distances.
func squaredDistance(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Double {
  var (even, odd) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
  let (first, second) = (UnsafeRawPointer(a), UnsafeRawPointer(b))
  let whole = count & ~7
  var place = 0
  while place < whole {
    let low = difference(first, second, at: place &* 4)
    let high = difference(first, second, at: place &* 4 &+ 16)
    even += low * low
    odd += high * high
    place &+= 8
  }
  var sum = (even + odd).sum()
  for place in whole..<count {
    let difference = Double(a[place]) - Double(b[place])
    sum += difference * difference
  }
  return sum
}

@inline(__always)
private func difference(_ first: UnsafeRawPointer, _ second: UnsafeRawPointer, at byte: Int) -> SIMD4<Double> {
  SIMD4<Double>(first.loadUnaligned(fromByteOffset: byte, as: SIMD4<Float>.self))
    - SIMD4<Double>(second.loadUnaligned(fromByteOffset: byte, as: SIMD4<Float>.self))
}
