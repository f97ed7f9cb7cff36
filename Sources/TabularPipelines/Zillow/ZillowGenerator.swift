import Groundwork
import Foundation

/// Writes the three files of the Kaggle competition "Zillow Prize" with invented contents: the real names, order of columns, types and gaps,
/// and measured distributions and correlations (`ZillowFacts`).
///
/// The same seed gives the same bytes; property `i` is the same in files of every size. Parcel numbers are unique and lie in the ranges of
/// their counties. `logerror` has its measured distribution and depends weakly on size, age, location value and tax delinquency, so that
/// a model can learn a little, as from the real table. A few properties are sold twice, as in the real table.
///
/// Not reproduced: coordinates are independent within a city, and codes of land use beyond the frequent ones are invented.
package struct ZillowGenerator: Sendable {
  /// Raised whenever the same seed gives other bytes, so that cached files are generated again.
  package static let version = 2

  package let seed: UInt64
  package let properties: Int
  package let transactions: Int

  /// - Parameters:
  ///   - properties: records of properties_2016.csv and sample_submission.csv; the real files have 2,985,217. At most 3,000,000.
  ///   - transactions: records of train_2016_v2.csv; the real file has 90,275. None when there are no properties.
  package init(seed: UInt64, properties: Int, transactions: Int) {
    precondition((0...3_000_000).contains(properties), "the generator makes 0 to 3,000,000 properties")
    precondition(transactions >= 0 && (properties > 0 || transactions == 0), "transactions need properties")
    self.seed = seed
    self.properties = properties
    self.transactions = transactions
  }

  /// Writes the files into `directory`, which must exist. Throws `CSVError.unwritable`. Complexity: O(properties + transactions).
  package func write(to directory: URL) throws {
    let sold = try writeProperties(to: directory)
    try writeTransactions(sold, to: directory)
  }

  private struct Sold {
    let parcels: [Int64]
    let signals: [Float]
  }

  private func writeProperties(to directory: URL) throws -> Sold {
    let model = PropertyModel(seed: seed)
    let output = try CSVOutput(directory.appendingPathComponent(ZillowData.propertiesFile))
    let submission = try CSVOutput(directory.appendingPathComponent(ZillowData.submissionFile))
    output.buffer.append(contentsOf: (PropertyColumn.allCases.map(\.name).joined(separator: ",") + "\n").utf8)
    submission.buffer.append(contentsOf: "ParcelId,201610,201611,201612,201710,201711,201712\n".utf8)
    var parcels: [Int64] = []
    var signals: [Float] = []
    parcels.reserveCapacity(properties)
    signals.reserveCapacity(properties)
    var numbers = ZillowGeography.counties.map { ParcelNumbers($0.parcels) }
    for index in 0..<properties {
      var property = model.property(index)
      let parcel = numbers[property.county].next()
      property[.parcelid] = Double(parcel)
      parcels.append(parcel)
      signals.append(Float(property.signal))
      append(property, to: &output.buffer)
      NumberText.append(parcel, to: &submission.buffer)
      submission.buffer.append(contentsOf: ",0,0,0,0,0,0\n".utf8)
      try output.flushIfFull()
      try submission.flushIfFull()
    }
    try output.commit()
    try submission.commit()
    return Sold(parcels: parcels, signals: signals)
  }

  private func append(_ property: PropertyModel.Property, to buffer: inout [UInt8]) {
    for column in PropertyColumn.allCases {
      if column.rawValue > 0 { buffer.append(UInt8(ascii: ",")) }
      switch column {
      case .propertycountylandusecode: buffer.append(contentsOf: property.landUseCode)
      case .propertyzoningdesc: buffer.append(contentsOf: property.zoning)
      case .taxdelinquencyflag: if property.isTaxDelinquent { buffer.append(UInt8(ascii: "Y")) }
      default:
        let value = property.values[column.rawValue]
        guard !value.isNaN else { continue }
        switch column.type {
        case .boolean: buffer.append(contentsOf: "true".utf8)
        case .float64: NumberText.append(value, decimals: column == .rawcensustractandblock ? 6 : 2, to: &buffer)
        default: NumberText.append(Int64(value), to: &buffer)
        }
      }
    }
    buffer.append(UInt8(ascii: "\n"))
  }

  private func writeTransactions(_ sold: Sold, to directory: URL) throws {
    let output = try CSVOutput(directory.appendingPathComponent(ZillowData.trainFile))
    output.buffer.append(contentsOf: "parcelid,logerror,transactiondate\n".utf8)
    let quantiles = ZillowFacts.byName["logerror"]!.quantiles
    let picks = SoldProperties(count: properties, seed: seed)
    let newYear = CalendarDate(year: 2_016, month: 1, day: 1)!.daysSince1970
    for index in 0..<transactions {
      var random = SplitMix64(seed: seed, stream: 3, index: UInt64(index))
      // 0.4 % of the sales are of a property that was sold before.
      let rank = index > 0 && random.happens(0.004) ? Int(random.next() % UInt64(index)) : index
      let property = picks[rank]
      let z = 0.3 * Double(sold.signals[property]) + (1 - 0.09).squareRoot() * random.normal()
      // The real errors are logarithms of ratios that were rounded to thousandths, such as ln 1.028 = 0.0276.
      let ratio = exp(Distribution.quantile(Distribution.normalShare(z), quantiles))
      let logError = log(max(0.01, (ratio * 1_000).rounded() / 1_000))
      // The organisers held back most sales after mid-October.
      let day = random.happens(0.93) ? Int32(random.uniform() * 288) : 288 + Int32(random.uniform() * 77)
      NumberText.append(sold.parcels[property], to: &output.buffer)
      output.buffer.append(UInt8(ascii: ","))
      NumberText.append(logError, decimals: 4, to: &output.buffer)
      output.buffer.append(UInt8(ascii: ","))
      output.buffer.append(contentsOf: CalendarDate(daysSince1970: newYear + day).text.utf8)
      output.buffer.append(UInt8(ascii: "\n"))
      try output.flushIfFull()
    }
    try output.commit()
  }
}

/// Numbers of a county's parcels: all different, and spread evenly however few are taken.
private struct ParcelNumbers {
  private let first: Int64
  private let count: Int64
  private let step: Int64
  private var place: Int64 = 0

  init(_ range: (first: Int64, count: Int64)) {
    (first, count) = range
    // A step near the golden section of the range that shares no divisor with it visits every number once.
    var step = Int64(Double(range.count) * 0.618_033_988_75)
    while Self.gcd(step, range.count) != 1 { step += 1 }
    self.step = step
  }

  mutating func next() -> Int64 {
    place = (place + step) % count
    return first + place
  }

  static func gcd(_ a: Int64, _ b: Int64) -> Int64 { b == 0 ? a : gcd(b, a % b) }
}

/// A fixed order of the properties in which they are sold: a stride through them that visits each once, then begins again.
private struct SoldProperties {
  private let count: Int
  private let step: Int
  private let offset: Int

  init(count: Int, seed: UInt64) {
    self.count = count
    var step = max(1, Int(Double(count) * 0.754_877_666_2))
    while count > 1, ParcelNumbers.gcd(Int64(step), Int64(count)) != 1 { step += 1 }
    self.step = step
    offset = count == 0 ? 0 : Int(SplitMix64.mixed(seed) % UInt64(count))
  }

  subscript(rank: Int) -> Int { (offset + rank % count * step) % count }
}
