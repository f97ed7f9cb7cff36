import Foundation
import Mistique

/// Finds the Zillow files: the real ones where somebody has put them, generated ones otherwise.
package struct ZillowData: Sendable {
  package static let propertiesFile = "properties_2016.csv"
  package static let trainFile = "train_2016_v2.csv"
  package static let submissionFile = "sample_submission.csv"
  static let files = [propertiesFile, trainFile, submissionFile]

  package enum Origin: Sendable, Equatable {
    case real
    /// Results made from these files must say "generated".
    case generated
  }

  /// The directory that holds the three files.
  package let directory: URL
  package let origin: Origin

  /// The real files in `dataDirectory/zillow` or `dataDirectory`, else files generated into
  /// `cacheDirectory/zillow-v<version>-seed<seed>-<properties>x<transactions>`, which are made once and found again.
  ///
  /// - Parameter dataDirectory: usually the value of the environment variable `MISTIQUE_DATA`; need not exist.
  /// - Throws: `CSVError` and file system errors when generated files cannot be written. Two processes may generate at the same time: every file
  ///   is renamed into place, and both write the same bytes.
  package static func locate(dataDirectory: URL?, cacheDirectory: URL, otherwise generator: ZillowGenerator) throws -> ZillowData {
    if let real = dataDirectory.flatMap(Self.real(in:)) { return real }
    let name = "zillow-v\(ZillowGenerator.version)-seed\(generator.seed)-\(generator.properties)x\(generator.transactions)"
    let directory = cacheDirectory.appendingPathComponent(name)
    if !holdsFiles(directory) {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      try generator.write(to: directory)
    }
    return ZillowData(directory: directory, origin: .generated)
  }

  /// The real files in `dataDirectory/zillow` or `dataDirectory`; nil where not all three are there.
  package static func real(in dataDirectory: URL) -> ZillowData? {
    let places = [dataDirectory.appendingPathComponent("zillow"), dataDirectory]
    return places.first(where: holdsFiles).map { ZillowData(directory: $0, origin: .real) }
  }

  private static func holdsFiles(_ directory: URL) -> Bool {
    files.allSatisfy { FileManager.default.fileExists(atPath: directory.appendingPathComponent($0).path) }
  }

  /// The types of every column of the three files. Monthly columns of the submission are numbers.
  package static let schema: CSVSchema = {
    var types = CSVColumnTypes(PropertyColumn.allCases.map { ($0.name, $0.type) })
    types["logerror"] = .float64
    types["transactiondate"] = .date
    types["ParcelId"] = .int64
    for month in ["201610", "201611", "201612", "201710", "201711", "201712"] { types[month] = .float64 }
    return CSVSchema(types: types)
  }()
}
