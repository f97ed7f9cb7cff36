extension QuantizationScheme {
  /// What a bound that was chosen by what it keeps was found to keep.
  public struct KeptQuality: Sendable, Hashable, Codable {
    /// What is kept.
    public enum Measure: String, Sendable, Hashable, Codable {
      /// The share of each row's nearest neighbours that stay nearest.
      case neighbours
      /// By how much the mean CCA coefficient falls below 1.
      case cca
    }

    /// What `asked` and `measured` are of.
    public let measure: Measure
    /// What was asked for: the share at least, or the fall at most.
    public let asked: Double
    /// What was found of the rows that were looked at; `nil` where there were too few to tell.
    public let measured: Double?

    /// How many rows were looked at: all of the first RowBlock with a value, of which a layer of 65,536 columns has 64; for CCA at most 400 of them. `nil` in what was
    /// stored before this was recorded.
    public let rows: Int?

    init(_ measure: Measure, asked: Double, measured: Double?, rows: Int) {
      (self.measure, self.asked, self.measured, self.rows) = (measure, asked, measured, rows)
    }

    /// Neighbours are what is meant where nothing is said: stores had them alone once.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      measure = try values.decodeIfPresent(Measure.self, forKey: .measure) ?? .neighbours
      asked = try values.decode(Double.self, forKey: .asked)
      measured = try values.decodeIfPresent(Double.self, forKey: .measured)
      rows = try values.decodeIfPresent(Int.self, forKey: .rows)
    }

    /// Writes `measure` where it is not neighbours.
    public func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      if measure != .neighbours { try values.encode(measure, forKey: .measure) }
      try values.encode(asked, forKey: .asked)
      try values.encodeIfPresent(measured, forKey: .measured)
      try values.encodeIfPresent(rows, forKey: .rows)
    }

    private enum CodingKeys: String, CodingKey { case measure, asked, measured, rows }

    /// The bound that was asked for.
    var bound: ErrorBound {
      switch measure {
      case .neighbours: .keeping(neighbours: asked)
      case .cca: .keeping(cca: asked)
      }
    }
  }
}
