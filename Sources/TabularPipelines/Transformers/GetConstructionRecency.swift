import Mistique

/// Appends how many years before `reference_year` a home was built: that year minus the value of `column`, as the column `output` of the same type.
///
/// The column holds int64, float32 or float64. A missing value stays missing, a NaN stays NaN, and an infinite year gives an infinity of the
/// other sign. An int64 difference that does not fit 64 bits is missing. Later years give negative values.
///
/// Errors: `TransformerError.missingColumns`, `.columnType`, `.duplicateColumn` when `output` is taken.
/// Complexity: O(rows); the frame's columns are shared.
struct GetConstructionRecency: StatelessTransformer {
  static let bits: TransformerBits? = .revision(1)
  static let signature = TransformerSignature(
    "GetConstructionRecency", inputs: [.frame],
    parameters: [
      ParameterDeclaration("column", .text(oneOf: []), default: .text("yearbuilt")),
      ParameterDeclaration("reference_year", .integer(0...9999), default: .integer(2016)),
      ParameterDeclaration("output", .text(oneOf: []), default: .text("construction_recency")),
    ])

  private let name: String
  private let referenceYear: Int
  private let output: String

  init(_ parameters: Parameters) {
    name = parameters.text("column")
    referenceYear = parameters.integer("reference_year")
    output = parameters.text("output")
  }

  func apply(_ inputs: [StageInput]) throws -> [DataFrame] {
    let frame = inputs[0].frame
    return [try frame.appending([(output, try recency(try frame.requiredColumn(name)))])]
  }

  private func recency(_ year: Column) throws -> Column {
    switch year.values {
    case .float32(let values):
      let reference = Float(referenceYear)
      return Column(.float32(values.map { reference - $0 }), validity: year.validity)
    case .float64(let values):
      let reference = Double(referenceYear)
      return Column(.float64(values.map { reference - $0 }), validity: year.validity)
    case .int64(let values):
      let reference = Int64(referenceYear)
      var validity = year.validity
      var differences = [Int64](repeating: 0, count: values.count)
      for row in values.indices {
        let (difference, overflows) = reference.subtractingReportingOverflow(values[row])
        differences[row] = difference
        if overflows {
          if validity == nil { validity = Validity(count: values.count, present: true) }
          validity![row] = false
        }
      }
      return Column(.int64(differences), validity: validity)
    case .boolean, .date, .timestamp, .text:
      throw TransformerError.columnType(column: name, got: "\(year.type)", needed: "int64, float32 or float64")
    }
  }
}
