import Groundwork
import Foundation

/// Draws one property: the 58 values of its record, missing ones as NaN, and its three texts.
///
/// Measured distributions (`ZillowFacts`) are joined by a Gaussian copula over a property's size, age and location value, plus the facts
/// that hold in the real table by construction: county decides the region ids and which attributes its assessor records at all;
/// `calculatedbathnbr` is `bathroomcnt` where that is not 0; `taxvaluedollarcnt` is structure plus land; `finishedsquarefeet12`, `15`, `6` and `13`
/// each repeat the calculated area for a kind of building; the pool columns agree with each other.
struct PropertyModel: Sendable {
  struct Property: Sendable {
    var values = [Double](repeating: .nan, count: PropertyColumn.allCases.count)
    var landUseCode: [UInt8] = []
    var zoning: [UInt8] = []
    var isTaxDelinquent = false
    var county = 0
    /// What the log error depends on; mean 0, variance about 1.
    var signal = 0.0

    subscript(column: PropertyColumn) -> Double {
      get { values[column.rawValue] }
      set { values[column.rawValue] = newValue }
    }
  }

  /// Latent normal numbers that its columns share.
  struct Latents {
    var size: Double
    var age: Double
    var place: Double
  }

  let seed: UInt64
  let geography: ZillowGeography
  let facts: [ColumnFacts]
  let categories: [Categorical?]
  /// Room counts where the assessor records them; 0 means that they are not recorded.
  let roomCounts: Categorical
  let shareWithoutRooms: Double

  init(seed: UInt64) {
    self.seed = seed
    geography = ZillowGeography(seed: seed)
    facts = PropertyColumn.allCases.map { ZillowFacts.byName[$0.name]! }
    let rooms = facts[PropertyColumn.roomcnt.rawValue].frequencies
    roomCounts = Categorical(rooms.filter { $0.value > 0 })
    shareWithoutRooms = rooms.filter { $0.value == 0 }.reduce(0) { $0 + $1.share }
    categories = facts.map { $0.frequencies.isEmpty ? nil : Categorical($0.frequencies) }
  }

  /// Property number `index`; the parcel number is left to the generator, which keeps it unique.
  func property(_ index: Int) -> Property {
    var random = SplitMix64(seed: seed, stream: 2, index: UInt64(index))
    var property = Property()
    let latents = Latents(size: random.normal(), age: random.normal(), place: random.normal())
    drawLocation(&property, &random)
    drawBuilding(&property, latents, &random)
    drawArea(&property, latents, &random)
    drawPool(&property, latents, &random)
    drawTaxes(&property, latents, &random)
    drawRest(&property, &random)
    property.signal = 0.55 * latents.size - 0.5 * latents.age - 0.55 * latents.place + 0.3 * (property.isTaxDelinquent ? 3 : -0.07)
    return property
  }

  /// The value at `u` of the measured distribution of `column`.
  func value(_ column: PropertyColumn, _ u: Double) -> Double {
    if let category = categories[column.rawValue] { return category.value(u) }
    let value = Distribution.quantile(u, facts[column.rawValue].quantiles)
    return column.type == .int64 ? value.rounded() : value
  }

  /// Draws whether a value is recorded, when only counties with a share `within` of all properties record it.
  func isRecorded(_ column: PropertyColumn, within: Double = 1, _ random: inout SplitMix64) -> Bool {
    random.happens((1 - facts[column.rawValue].missingRate) / within)
  }

  /// A normal number with correlation `share` to `latent`.
  func mixed(_ latent: Double, _ share: Double, _ random: inout SplitMix64) -> Double {
    share * latent + (1 - share * share).squareRoot() * random.normal()
  }
}
