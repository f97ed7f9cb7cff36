import Foundation
import Mistique
import TestSupport
import Testing

@testable import TabularPipelines

func correlation(_ a: [Double], _ b: [Double]) -> Double {
  let pairs = zip(a, b).filter { !$0.isNaN && !$1.isNaN }
  let n = Double(pairs.count)
  let (ma, mb) = (pairs.reduce(0) { $0 + $1.0 } / n, pairs.reduce(0) { $0 + $1.1 } / n)
  let products = pairs.reduce((0.0, 0.0, 0.0)) {
    ($0.0 + ($1.0 - ma) * ($1.1 - mb), $0.1 + ($1.0 - ma) * ($1.0 - ma), $0.2 + ($1.1 - mb) * ($1.1 - mb))
  }
  return products.0 / (products.1 * products.2).squareRoot()
}

/// The facts as they were measured.
struct MeasuredZillow: Decodable {
  struct Column: Decodable {
    let name: String
    let missing_rate: Double
    let distinct_in_10000: Int
    let quantiles_0_1_5_25_50_75_95_99_100: [Double]?
    let frequencies: [String: Double]?
    let top: [String: Double]?
    let values: [String]?
    let range: [String]?
  }

  struct Correlation: Decodable {
    let a: String
    let b: String
    let pearson: Double
  }

  let columns: [Column]
  let correlations: [Correlation]

  static func load() throws -> MeasuredZillow { try JSONDecoder().decode(Self.self, from: Data(contentsOf: golden("zillow_columns.json"))) }
}

/// 20,000 properties of one seed against the facts measured on the real table.
struct ZillowGeneratorTests {
  private static let table: Result<DataFrame, any Error> = Result {
    let directory = TemporaryDirectory()
    try ZillowGenerator(seed: 5, properties: 20_000, transactions: 10_000).write(to: directory.url)
    return try CSVReader(schema: ZillowData.schema).read(directory.url.appendingPathComponent(ZillowData.propertiesFile)).frame
  }

  @Test("Names and order of the columns are those of the real file")
  func columnNames() throws {
    let frame = try Self.table.get()
    #expect(frame.names == ZillowFacts.all.map(\.name).filter { $0 != "logerror" && $0 != "transactiondate" })
    #expect(frame.names.count == 58 && frame.rowCount == 20_000)
  }

  @Test("Missing rates are the measured ones within 0.012")
  func missingRates() throws {
    let frame = try Self.table.get()
    for (name, column) in zip(frame.names, frame.columns) {
      let rate = Double(column.missingCount) / Double(frame.rowCount)
      #expect(abs(rate - ZillowFacts.byName[name]!.missingRate) < 0.012, "\(name): \(rate)")
    }
  }

  @Test("Frequencies of categories are the measured ones within 0.02 and three standard errors")
  func frequencies() throws {
    let frame = try Self.table.get()
    for fact in ZillowFacts.all where !fact.frequencies.isEmpty {
      let present = try #require(frame[fact.name]?.doubles).filter { !$0.isNaN }
      guard !present.isEmpty else { continue }
      for (value, share) in fact.frequencies {
        let got = Double(present.count { $0 == value }) / Double(present.count)
        let tolerance = 0.02 + 3 * (share * (1 - share) / Double(present.count)).squareRoot()
        #expect(abs(got - share) < tolerance, "\(fact.name) = \(value): \(got) for \(share)")
      }
    }
  }

  @Test("The quantiles from 5 to 95 % have their places within 0.05 of the distribution, those of 1 and 99 % within 0.015")
  func quantiles() throws {
    let frame = try Self.table.get()
    for fact in ZillowFacts.all where !fact.quantiles.isEmpty && fact.name != "logerror" {
      let present = try #require(frame[fact.name]?.doubles).filter { !$0.isNaN }
      guard present.count > 80 else { continue }
      for place in 1...7 {
        // The share of values below and up to the measured quantile must enclose its level.
        let (level, value) = (ColumnFacts.quantileLevels[place], fact.quantiles[place])
        let below = Double(present.count { $0 < value }) / Double(present.count)
        let upTo = Double(present.count { $0 <= value }) / Double(present.count)
        let tolerance = (place == 1 || place == 7 ? 0.015 : 0.05) + 3 * (level * (1 - level) / Double(present.count)).squareRoot()
        #expect(below - tolerance < level && level < upTo + tolerance, "\(fact.name) at \(level): \(below) to \(upTo)")
      }
    }
  }

  @Test("Correlations are the measured ones within 0.05")
  func correlations() throws {
    let frame = try Self.table.get()
    let expected = try MeasuredZillow.load().correlations.map { ($0.a, $0.b, $0.pearson) }
    try #require(expected.count == 11)
    for (a, b, pearson) in expected {
      let got = correlation(try #require(frame[a]?.doubles), try #require(frame[b]?.doubles))
      #expect(abs(got - pearson) < 0.05, "\(a), \(b): \(got) for \(pearson)")
    }
  }

  @Test("Distinct values of categories and regions are the measured ones within a factor of two")
  func distinctCounts() throws {
    let frame = try Self.table.get().slice(0..<10_000)
    // Census tracts were measured after rounding to float32, which the files do not have.
    for fact in ZillowFacts.all where fact.distinctIn10000 >= 10 && !["rawcensustractandblock", "censustractandblock"].contains(fact.name) {
      guard let column = frame[fact.name] else { continue }
      let distinct = Set(column.goldenTexts.compactMap { $0 }).count
      #expect(
        distinct * 2 >= fact.distinctIn10000 && distinct <= fact.distinctIn10000 * 2,
        "\(fact.name): \(distinct) for \(fact.distinctIn10000)")
    }
  }

  @Test("The facts that the generator knows are the measured ones, of every column")
  func embeddedFacts() throws {
    let measured = try MeasuredZillow.load().columns
    #expect(measured.map(\.name) == ZillowFacts.all.map(\.name))
    for (column, fact) in zip(measured, ZillowFacts.all) {
      #expect(column.missing_rate == fact.missingRate && column.distinct_in_10000 == fact.distinctIn10000, "\(fact.name)")
      if !fact.quantiles.isEmpty { #expect(column.quantiles_0_1_5_25_50_75_95_99_100 == fact.quantiles, "\(fact.name)") }
      let frequencies = Dictionary(uniqueKeysWithValues: fact.frequencies.map { ($0.value, $0.share) })
      let shares = Dictionary(uniqueKeysWithValues: (column.frequencies ?? [:]).map { (Double($0.key)!, $0.value) })
      #expect(shares == frequencies, "\(fact.name)")
    }
  }

  @Test("The frequent texts have their measured shares within 0.03, flags are true and days lie in their year")
  func texts() throws {
    let frame = try Self.table.get()
    for column in try MeasuredZillow.load().columns where column.top != nil || column.values != nil {
      let present = frame[column.name]!.goldenTexts.compactMap { $0 }
      for (text, share) in column.top ?? [:] {
        let got = Double(present.count { $0 == text }) / Double(present.count)
        #expect(abs(got - share) < 0.03, "\(column.name) = \(text): \(got) for \(share)")
      }
      if let values = column.values { #expect(Set(present) == Set(values), "\(column.name)") }
    }
    let train = try CSVReader(schema: ZillowData.schema).read(SmallZillow.directory.get().appendingPathComponent(ZillowData.trainFile))
      .frame
    #expect(train.names == ["parcelid", "logerror", "transactiondate"] && train.rowCount == SmallZillow.generator.transactions)
    let days = try #require(train["transactiondate"]?.doubles)
    let year = try #require(MeasuredZillow.load().columns.first { $0.name == "transactiondate" }?.range)
    #expect(year == ["2016-01-01", "2016-12-30"])
    #expect(days.allSatisfy { (16_801...17_165).contains($0) })
    #expect(days.min() == 16_801)
  }

  @Test("Facts that hold by construction hold in every row")
  func structure() throws {
    let frame = try Self.table.get()
    func column(_ name: PropertyColumn) throws -> [Double] { try #require(frame[name.name]?.doubles) }
    let counties = try zip(column(.fips), column(.regionidcounty)).map { "\(Int($0)) \(Int($1))" }
    #expect(Set(counties) == ["6037 3101", "6059 1286", "6111 2061"])
    let (tax, land, structure) = try (column(.taxvaluedollarcnt), column(.landtaxvaluedollarcnt), column(.structuretaxvaluedollarcnt))
    #expect(tax.indices.allSatisfy { tax[$0] == land[$0] + (structure[$0].isNaN ? 0 : structure[$0]) })
    let (baths, calculated) = try (column(.bathroomcnt), column(.calculatedbathnbr))
    #expect(baths.indices.allSatisfy { baths[$0] == 0 ? calculated[$0].isNaN : calculated[$0] == baths[$0] })
    #expect(Set(try column(.parcelid)).count == frame.rowCount)
    let (zips, cities) = try (column(.regionidzip), column(.regionidcity))
    let nested = Dictionary(grouping: zips.indices.filter { !zips[$0].isNaN && !cities[$0].isNaN }) { zips[$0] }
    #expect(nested.values.allSatisfy { rows in Set(rows.map { cities[$0] }).count == 1 })
  }

  @Test("The same seed gives the same bytes, another seed others, and a property does not depend on how many there are")
  func seeds() throws {
    let directory = TemporaryDirectory()
    func bytes(_ seed: UInt64, _ count: Int) throws -> [Data] {
      try ZillowGenerator(seed: seed, properties: count, transactions: count).write(to: directory.url)
      return try ZillowData.files.map { try Data(contentsOf: directory.url.appendingPathComponent($0)) }
    }
    let first = try bytes(1, 300)
    #expect(try bytes(1, 300) == first)
    #expect(try bytes(2, 300)[0] != first[0])
    #expect(try first[0].starts(with: bytes(1, 200)[0]))
    #expect(try bytes(1, 0)[2] == Data("ParcelId,201610,201611,201612,201710,201711,201712\n".utf8))
  }

  @Test("The submission names every property and six months, all 0")
  func submission() throws {
    let directory = try SmallZillow.directory.get()
    let frame = try CSVReader(schema: ZillowData.schema).read(directory.appendingPathComponent(ZillowData.submissionFile)).frame
    let properties = try CSVReader(schema: ZillowData.schema).read(directory.appendingPathComponent(ZillowData.propertiesFile)).frame
    #expect(frame.names == ["ParcelId", "201610", "201611", "201612", "201710", "201711", "201712"])
    #expect(try #require(frame["ParcelId"]).isIdentical(to: #require(properties["parcelid"])))
    for column in frame.columns.dropFirst() { #expect(try #require(column.doubles).allSatisfy { $0 == 0 } && column.missingCount == 0) }
  }

  @Test("Real files are preferred, generated ones are cached")
  func locating() throws {
    let directory = TemporaryDirectory()
    let generator = ZillowGenerator(seed: 1, properties: 10, transactions: 5)
    func locate() throws -> ZillowData {
      try ZillowData.locate(dataDirectory: directory.url, cacheDirectory: directory.url, otherwise: generator)
    }
    let generated = try locate()
    #expect(generated.origin == .generated)
    try FileManager.default.copyItem(at: generated.directory, to: directory.url.appendingPathComponent("zillow"))
    #expect(try locate().origin == .real)
  }

  @Test("Log errors have the measured quantiles and follow the properties a little")
  func logErrors() throws {
    let directory = TemporaryDirectory()
    try ZillowGenerator(seed: 5, properties: 10_000, transactions: 10_000).write(to: directory.url)
    let frame = try CSVReader(schema: ZillowData.schema).read(directory.url.appendingPathComponent(ZillowData.trainFile)).frame
    let sorted = try #require(frame["logerror"]?.doubles).sorted()
    for (level, value) in zip(ColumnFacts.quantileLevels, ZillowFacts.byName["logerror"]!.quantiles).dropFirst(2).dropLast(2) {
      let place = Double(sorted.count { $0 < value }) / Double(sorted.count)
      #expect(abs(place - level) < 0.03, "\(value): \(place) for \(level)")
    }
    // Fewer different values than in other tables, for they are rounded twice.
    let distinct = Set(sorted).count
    #expect((450...1_806).contains(distinct), "\(distinct) for 903")
    let parcels = Set(frame["parcelid"]!.goldenTexts).count
    #expect((9_900..<10_000).contains(parcels), "\(parcels) distinct parcels")
  }
}
