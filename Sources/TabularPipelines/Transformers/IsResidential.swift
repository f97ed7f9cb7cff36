import Mistique

/// Appends whether people live in a property, as the boolean column `output`: whether its land use, `column`, is one of `codes`.
///
/// The column holds int64 or text; in a text column a code matches byte for byte. A missing value stays missing.
///
/// The default codes are those of the Zillow data dictionary under which people live: 246 duplex, 247 triplex, 248 quadruplex, 260 residential
/// general, 261 single family, 262 rural residence, 263 mobile home, 264 townhouse, 265 cluster home, 266 condominium, 267 cooperative, 268 row
/// house, 269 planned unit development, 271 timeshare, 273 bungalow, 274 zero lot line, 275 manufactured, modular or prefabricated home, 276 patio
/// home, 279 inferred single family. Excluded are 31 commercial, office and residential mixed, 46 multi-story store, 47 store and office mixed
/// (the home is not the main use), 270 residential common area, and 290 and 291, vacant land (nobody lives there).
///
/// Errors: `TransformerError.missingColumns`; `.columnType`; `.unusableValue` for a code that is no integer when the column holds int64;
/// `.duplicateColumn` when `output` is taken. Complexity: O(rows) expected; the frame's columns are shared.
struct IsResidential: StatelessTransformer {
  static let bits: TransformerBits? = .revision(1)
  static let zillowCodes = [
    "246", "247", "248", "260", "261", "262", "263", "264", "265", "266", "267", "268", "269", "271", "273", "274", "275", "276", "279",
  ]

  static let signature = TransformerSignature(
    "IsResidential", inputs: [.frame],
    parameters: [
      ParameterDeclaration("column", .text(oneOf: []), default: .text("propertylandusetypeid")),
      ParameterDeclaration("codes", .texts, default: .texts(zillowCodes)),
      ParameterDeclaration("output", .text(oneOf: []), default: .text("is_residential")),
    ])

  private let name: String
  private let codes: [String]
  private let output: String

  init(_ parameters: Parameters) {
    name = parameters.text("column")
    codes = parameters.texts("codes")
    output = parameters.text("output")
  }

  func apply(_ inputs: [StageInput]) throws -> [DataFrame] {
    let frame = inputs[0].frame
    let column = try frame.requiredColumn(name)
    let numbers = try keys(of: column.type).numbers(of: column)
    return [try frame.appending([(output, Column(.boolean(numbers.map { $0 >= 0 }), validity: column.validity))])]
  }

  private func keys(of type: ColumnType) throws -> KeyTable {
    guard type == .int64 || type == .text else {
      throw TransformerError.columnType(column: name, got: "\(type)", needed: "int64 or text")
    }
    var keys = KeyTable(type: type)
    for code in codes {
      switch FillValue(code, type: type) {
      case .int64(let value)?: _ = keys.insert(value)
      case .text(let bytes)?: _ = bytes.withUnsafeBufferPointer { keys.insert($0) }
      default: throw TransformerError.unusableValue(code, column: name, type: "\(type)")
      }
    }
    return keys
  }
}
