import Foundation
import Groundwork
import Yams

/// A network as YAML text, layer by layer as in Swift and with the same defaults.
///
///     name: two-paths
///     input: [3, 32, 32]                                       # channels, height, width
///     layers:
///       - convolution: {channels: 16, relu: false}             # 1; also kernel (3), stride (1), padding (same; or valid), relu (true)
///       - batchNormalization                                   # 2; also relu (true)
///       - convolution: 16                                      # 3: the number alone is the channels
///       - add: {inputs: [2, 3], dropout: 0.25}                 # 4: layers by number, 0 is the input; also relu (true)
///       - maxPool: 2                                           # 5; also averagePool: 2, globalAveragePool, flatten
///       - dense: {units: 64, relu: false, frozen: true}        # 6; also relu (true)
///       - relu                                                 # 7: a layer of its own, after one with relu: false
///       - dropout: 0.5                                         # 8: likewise
///       - dense: {units: 10, relu: false}                      # 9
///       - softmax                                              # 10: the last layer only
///
/// The page Networks lists all kinds and their keys. Every layer takes `inputs`, a list of earlier layers (default: the one before); `frozen`, whether training leaves it as it is (false);
/// and, but for dropout layers and softmax, `dropout`, the share of its outputs that training drops (0). Unknown entries are errors, and so are anchors and aliases, and texts of more than 1 MiB.
extension NetworkDescription {
  /// The network that a text describes; `origin` names the text in errors.
  /// - Throws: ``NetworkFileError`` with the line and the key, also if the layers do not fit each other.
  public init(yaml: String, origin: String) throws {
    let root = NetworkFileNode(node: try Self.compose(yaml, origin: origin), key: "", origin: origin)
    let entries = try root.entries(allowed: Self.yamlKeys, required: Self.yamlKeys.filter { $0 != "normalization" })
    let sizes = try entries["input"]!.elements().map { try $0.integer() }
    guard sizes.count == 3 || sizes.count == 1 else {
      throw entries["input"]!.error(
        .wrongType(expected: "three numbers, [channels, height, width], or one, [values]", got: "\(sizes.count)"))
    }
    let input =
      sizes.count == 1 ? ActivationShape(channels: sizes[0]) : ActivationShape(channels: sizes[0], height: sizes[1], width: sizes[2])
    let layers = try entries["layers"]!.elements()
    self.init(
      name: try entries["name"]!.text(), input: input,
      normalization: try entries["normalization"].map { try Self.normalization($0, channels: sizes[0]) },
      layers: try layers.map { try LayerDescription($0) })
    do { _ = try self.layers() } catch let error as NetworkError {
      let place: NetworkFileNode
      switch error {
      case .impossibleLayer(_, let layer, _, _): place = layers[layer - 1]
      case .emptyInput, .inputTooLarge: place = entries["input"]!
      case .wrongNormalization: place = entries["normalization"]!
      default: place = entries["layers"]!
      }
      throw place.error(.impossible(error))
    }
  }

  /// The entries of a network; all but the normalization are required.
  static let yamlKeys = ["name", "input", "normalization", "layers"]

  /// `{mean: [0.5], deviation: [0.25]}`: a list with a number per channel, or one number for all.
  private static func normalization(_ node: NetworkFileNode, channels: Int) throws -> InputNormalization {
    let entries = try node.entries(allowed: ["mean", "deviation"], required: ["mean", "deviation"])
    func numbers(_ name: String) throws -> [Float] {
      let entry = entries[name]!
      return try entry.isList
        ? entry.elements().map { try $0.number() } : Array(repeating: entry.number(), count: min(max(0, channels), 1 << 24))
    }
    return InputNormalization(mean: try numbers("mean"), deviation: try numbers("deviation"))
  }

  /// As above, from a file, of which no more is read than a network may have.
  public init(contentsOf url: URL) throws {
    func failure(_ problem: NetworkFileError.Problem) -> NetworkFileError {
      NetworkFileError(origin: url.path, line: 1, key: "", problem: problem)
    }
    let bytes: [UInt8]
    do throws(SystemFailure) { bytes = try FileStart.bytes(of: url.path, atMost: Self.largestByteCount) } catch {
      throw failure(.unreadable(reason: "\(error)"))
    }
    guard bytes.count <= Self.largestByteCount else { throw failure(.tooLarge(Self.largestByteCount)) }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw failure(.notUTF8) }
    try self.init(yaml: text, origin: url.path)
  }

  /// A thousand layers have some hundred thousand bytes.
  private static let largestByteCount = 1 << 20

  private static func compose(_ text: String, origin: String) throws -> Node {
    func refuse(_ reason: String, line: Int = 1) -> NetworkFileError {
      NetworkFileError(origin: origin, line: line, key: "", problem: .notYAML(reason))
    }
    guard text.utf8.count <= largestByteCount else {
      throw NetworkFileError(origin: origin, line: 1, key: "", problem: .tooLarge(largestByteCount))
    }
    if let (line, sign) = YAMLAnchor.first(in: text) { throw NetworkFileError(origin: origin, line: line, key: "", problem: .anchor(sign)) }
    do {
      // A byte order mark is no part of the text.
      let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
      guard let node = try Yams.compose(yaml: text) else { throw refuse("the text is empty") }
      return node
    } catch let error as YamlError {
      switch error {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
        throw refuse(problem, line: mark.line)
      case .duplicatedKeysInMapping(let duplicates, let context):
        throw refuse("duplicate key \(duplicates.map { "\($0)" }.sorted().joined(separator: ", "))", line: context.mark.line)
      default: throw refuse("\(error)")
      }
    }
  }
}
