import CMistique
import Mistique

/// A caller's array, checked: its shape is sound, and its strides stay within the memory that the caller says is there.
struct StridedArray {
  let element: ArrayElement
  let rows: Int
  /// The dimensions of one row.
  let rowShape: [Int]
  /// Values of one row.
  let columns: Int
  /// In bytes, the first one that of rows.
  private let strides: [Int]
  /// `nil` only where there are no rows.
  private let data: UnsafeRawPointer?

  static let mostDimensions = 16
  /// Values of one row at most: 64 MB, of which a RowBlock holds 16. A stride of 0 makes any number of them out of one.
  static let mostColumns = 1 << 24

  /// - Throws: `InterfaceError` (`MISTIQUE_INVALID`) for an array that cannot be what it says.
  init(_ array: UnsafePointer<mistique_array>?, place: String) throws {
    guard let array = array?.pointee else { throw InterfaceError.missing("array") }
    func invalid(_ what: String, _ remedy: String) -> InterfaceError { .invalid(what, at: place, remedy: remedy) }
    guard let element = ArrayElement(rawValue: array.type) else {
      throw invalid("its elements are of type \(array.type)", "Use one of the types of mistique.h, MISTIQUE_FLOAT32 and so on.")
    }
    guard (1...Int32(Self.mostDimensions)).contains(array.dimensions) else {
      throw invalid("it has \(array.dimensions) dimensions", "Use 1 to \(Self.mostDimensions), the first of which counts rows.")
    }
    guard let lengths = array.shape else { throw InterfaceError.missing("shape") }
    let dimensions = Int(array.dimensions)
    let shape = (0..<dimensions).map { lengths[$0] }
    guard shape.allSatisfy({ (0...Arguments.mostRows).contains($0) }) else {
      throw invalid("its shape is \(shape)", "Use lengths of 0 to \(Arguments.mostRows).")
    }
    self.element = element
    rows = Int(shape[0])
    rowShape = shape.dropFirst().map(Int.init)
    guard let columns = Self.product(rowShape), (1...Self.mostColumns).contains(columns) else {
      throw invalid(
        "a row of it has the shape \(rowShape)", "Use rows of 1 to \(Self.mostColumns) values; capture a part of what is larger.")
    }
    self.columns = columns
    guard let bytes = Self.product([rows, columns, 8]), bytes > 0 || rows == 0 else {
      throw invalid("its shape is \(shape), which is more than memory holds", "Pass fewer rows at a time.")
    }
    strides = try Self.strides(array, shape.map(Int.init), element, invalid)
    data = array.data
    guard rows > 0 else { return }
    guard data != nil else { throw InterfaceError.missing("data") }
    guard let extent = Self.extent(shape.map(Int.init), strides, element.size), extent <= array.data_bytes else {
      throw invalid(
        "shape \(shape) with strides \(strides) reaches beyond its \(array.data_bytes) bytes",
        "Give strides in bytes, not in elements, and all bytes that may be read in data_bytes.")
    }
  }

  private static func strides(
    _ array: mistique_array, _ shape: [Int], _ element: ArrayElement, _ invalid: (String, String) -> InterfaceError
  ) throws -> [Int] {
    if let given = array.strides {
      let strides = (0..<shape.count).map { given[$0] }
      guard strides.allSatisfy({ (0...Int64.max / 2).contains($0) }) else {
        throw invalid("its strides are \(strides)", "Use strides of 0 bytes or more; copy an array that runs backwards.")
      }
      return strides.map(Int.init)
    }
    return contiguous(shape, element.size)
  }

  /// In C order without gaps. The product of the lengths is known to fit.
  private static func contiguous(_ shape: [Int], _ size: Int) -> [Int] {
    var (strides, next) = ([Int](repeating: 0, count: shape.count), size)
    for place in shape.indices.reversed() {
      strides[place] = next
      next *= max(1, shape[place])
    }
    return strides
  }

  /// `nil` when it does not fit an integer.
  private static func product(_ lengths: [Int]) -> Int? {
    lengths.reduce(1 as Int?) { product, length in
      guard let (result, overflow) = product?.multipliedReportingOverflow(by: length) else { return nil }
      return overflow ? nil : result
    }
  }

  /// Bytes from the first element to the end of the last one; `nil` when they do not fit an integer.
  private static func extent(_ shape: [Int], _ strides: [Int], _ size: Int) -> Int? {
    zip(shape, strides).reduce(size as Int?) { extent, dimension in
      guard let extent, let steps = product([dimension.0 - 1, dimension.1]) else { return nil }
      let (sum, overflow) = extent.addingReportingOverflow(steps)
      return overflow ? nil : sum
    }
  }

  // MARK: As an intermediate

  /// (C, H, W) are maps; everything else is as many units as a row has values.
  var schema: IntermediateSchema { Self.schema(ofRow: rowShape) }

  static func schema(ofRow shape: [Int]) -> IntermediateSchema {
    let units = IntermediateSchema.maps(channels: shape.reduce(1, *), height: 1, width: 1)
    guard shape.count == 3 else { return units }
    let maps = IntermediateSchema.maps(channels: shape[0], height: shape[1], width: shape[2])
    return maps.isSound ? maps : units
  }

  /// How ``copy(into:)`` leaves the values of a row.
  var order: MapOrder { isChannelsLast ? .channelsLast : .channelMajor }

  private var isContiguous: Bool { matches(Self.contiguous([rows] + rowShape, element.size)) }

  /// (N, C, H, W) whose memory is (N, H, W, C), as convolution kernels emit it.
  private var isChannelsLast: Bool {
    guard rowShape.count == 3, !isContiguous, case .maps(let channels, let height, let width) = schema, height * width > 1 else {
      return false
    }
    let size = element.size
    return matches([channels * height * width * size, size, width * channels * size, channels * size])
  }

  /// Whether the strides are these, where there is a second element to step to.
  private func matches(_ expected: [Int]) -> Bool {
    zip([rows] + rowShape, zip(strides, expected)).allSatisfy { length, strides in length == 1 || strides.0 == strides.1 }
  }

  /// Writes rows x columns values as float32. Complexity: O(values).
  func copy(into target: UnsafeMutablePointer<Float>) {
    guard rows > 0, let data else { return }
    if isContiguous || isChannelsLast { return element.widen(data, count: rows * columns, stride: element.size, into: target) }
    let shape = [rows] + rowShape
    let last = shape.count - 1
    var index = [Int](repeating: 0, count: shape.count)
    var (offset, place) = (0, 0)
    while true {
      element.widen(data + offset, count: shape[last], stride: strides[last], into: target + place)
      place += shape[last]
      var dimension = last - 1
      while dimension >= 0 {
        index[dimension] += 1
        offset += strides[dimension]
        if index[dimension] < shape[dimension] { break }
        offset -= strides[dimension] * shape[dimension]
        index[dimension] = 0
        dimension -= 1
      }
      guard dimension >= 0 else { return }
    }
  }
}
