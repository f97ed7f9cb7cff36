/// The kinds of homes of `propertylandusetypeid`, by the names of the data dictionary that comes with the Zillow Prize tables.
enum HomeKind {
  private static let names: [Int: String] = [
    31: "commercial, mixed", 46: "multi-storey store", 47: "store, mixed", 246: "duplex", 247: "triplex", 248: "quadruplex",
    260: "residential", 261: "single family", 263: "mobile home", 264: "town house", 265: "cluster home", 266: "condominium",
    267: "cooperative", 268: "row house", 269: "planned unit", 270: "quadruplex row", 271: "patio home", 273: "bungalow",
    274: "zero lot line", 275: "manufactured", 276: "patio home", 279: "inferred single", 290: "vacant land", 291: "vacant residential",
  ]

  /// `condominium`, or the number itself where the dictionary has no name for it.
  static func name(_ kind: Int) -> String { names[kind] ?? "kind \(kind)" }
}
