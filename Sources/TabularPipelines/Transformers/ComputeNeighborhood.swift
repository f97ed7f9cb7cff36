import Mistique

/// Assigns homes to the cells of a square grid: appends `neighborhood`, the number of the cell, and `neighborhood_size`, the number of rows that the
/// cell had when fitted. Both are int64.
///
/// Cell (y, x) holds the homes with floor(`latitude` / `cell_size`) = y and floor(`longitude` / `cell_size`) = x; its number is y x 2^32 plus
/// the 32 bits of x in two's complement, so every cell of 32-bit y and x has a number of its own. `cell_size` is in the unit of the
/// coordinates. Zillow's are degrees x 10^6, and the default of 10,000 is 0.01 degree: 1.1 km to the north and 0.9 km to the east in Los Angeles.
///
/// Both outputs are missing where a coordinate is missing, NaN or infinite or its cell does not fit 32 bits. The size of a cell that had no row
/// when fitted is 0. If a second frame is given, it is emitted instead, with the sizes of the first. The state is the number of rows of each cell.
///
/// Errors: `TransformerError.missingColumns`; `.columnType` for coordinates that are not int64, float32 or float64; `.duplicateColumn` when an
/// output's name is taken. Complexity: O(rows) expected, and O(cells x log cells); the frame's columns are shared.
struct ComputeNeighborhood: Transformer {
  static let bits: TransformerBits? = .revision(1)
  static let signature = TransformerSignature(
    "ComputeNeighborhood", inputs: [.frame], following: .another,
    parameters: [
      ParameterDeclaration("latitude", .text(oneOf: []), default: .text("latitude")),
      ParameterDeclaration("longitude", .text(oneOf: []), default: .text("longitude")),
      ParameterDeclaration("cell_size", .number(Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude), default: .number(10_000)),
    ])

  private let parameters: Parameters

  init(_ parameters: Parameters) { self.parameters = parameters }

  func fit(_ inputs: [StageInput]) throws -> any FittedTransformer {
    let cells = try Self.cells(of: inputs[0].frame, parameters)
    var found = KeyTable(type: .int64)
    var counts: [Int64] = []
    for number in found.insert(cells) where number >= 0 {
      if Int(number) == counts.count { counts.append(0) }
      counts[Int(number)] += 1
    }
    let order = found.ascendingNumbers
    return Fitted(cells: found.keeping(order), counts: order.map { counts[$0] }, parameters: parameters)
  }

  func restore(_ state: [UInt8]) throws -> any FittedTransformer {
    var reader = ByteReader(try FittedState.opened(state, transformer: Self.signature.name, parameters: parameters)[...])
    let cells = try KeyTable(from: &reader)
    guard cells.type == .int64 else { throw FittedStateError.malformed("cells of type \(cells.type)") }
    let counts = try (0..<cells.count).map { _ in
      let count = try reader.read(Int64.self)
      guard count > 0 else { throw FittedStateError.malformed("a cell of \(count) rows") }
      return count
    }
    try reader.expectEnd()
    return Fitted(cells: cells, counts: counts, parameters: parameters)
  }

  /// The number of each row's cell.
  fileprivate static func cells(of frame: DataFrame, _ parameters: Parameters) throws -> Column {
    let y = try coordinates(parameters.text("latitude"), of: frame)
    let x = try coordinates(parameters.text("longitude"), of: frame)
    let cellSize = parameters.number("cell_size")
    var numbers = [Int64](repeating: 0, count: frame.rowCount)
    var validity = Validity(count: frame.rowCount, present: true)
    for row in numbers.indices {
      // A NaN or infinity is no Int32 either.
      if let y = Int32(exactly: (y[row] / cellSize).rounded(.down)), let x = Int32(exactly: (x[row] / cellSize).rounded(.down)) {
        numbers[row] = Int64(y) << 32 | Int64(UInt32(bitPattern: x))
      } else {
        validity[row] = false
      }
    }
    return Column(.int64(numbers), validity: validity)
  }

  /// The column as numbers, missing as NaN.
  private static func coordinates(_ name: String, of frame: DataFrame) throws -> [Double] {
    let column = try frame.requiredColumn(name)
    guard [.int64, .float32, .float64].contains(column.type) else {
      throw TransformerError.columnType(column: name, got: "\(column.type)", needed: "int64, float32 or float64")
    }
    return column.doubles!
  }

  struct Fitted: FittedTransformer {
    let cells: KeyTable
    /// Rows of each cell when fitted.
    let counts: [Int64]
    let parameters: Parameters

    func apply(_ inputs: [StageInput]) throws -> [DataFrame] {
      let frame = inputs.applied
      let neighborhood = try ComputeNeighborhood.cells(of: frame, parameters)
      let sizes = cells.numbers(of: neighborhood).map { $0 < 0 ? 0 : counts[Int($0)] }
      return [
        try frame.appending([
          ("neighborhood", neighborhood), ("neighborhood_size", Column(.int64(sizes), validity: neighborhood.validity)),
        ])
      ]
    }

    /// The cells, then the number of rows of each.
    var state: [UInt8] {
      var writer = ByteWriter()
      cells.write(to: &writer)
      for count in counts { writer.write(count) }
      return FittedState.sealed(writer.bytes, transformer: ComputeNeighborhood.signature.name, parameters: parameters)
    }
  }
}
