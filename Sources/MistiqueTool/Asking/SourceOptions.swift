import ArgumentParser
import ConvolutionalNetworks
import Foundation
import Mistique

/// How a question is to be answered, and the files that a re-run needs: a store does not remember where they are.
struct SourceOptions: ParsableArguments {
  enum Plan: String, CaseIterable, ExpressibleByArgument {
    case automatic, read, rerun

    var preference: QueryPlan.Preference {
      switch self {
      case .automatic: .automatic
      case .read: .read
      case .rerun: .rerun
      }
    }
  }

  @Option(help: "automatic takes the faster way; read and rerun force one.")
  var plan = Plan.automatic

  enum NamedAccuracy: String, CaseIterable, ExpressibleByArgument {
    case stored, exact, approximate
  }

  @Option(
    name: .customLong("accuracy"),
    help: """
      stored answers as the store's policy keeps it; exact passes over what is stored quantized and re-runs; approximate may also start a re-run from \
      quantized intermediates.
      """)
  var namedAccuracy: NamedAccuracy?

  @Option(
    help: ArgumentHelp(
      """
      The largest error allowed in any value: a number, or a multiple of the intermediate's root mean square (0.2rms). Of a ladder, only the rungs that \
      this needs are read.
      """, valueName: "bound"))
  var within: QuantizationScheme.ErrorBound?

  var accuracy: Accuracy {
    if let within { return .within(within) }
    return switch namedAccuracy {
    case nil, .stored?: .stored
    case .exact?: .exact
    case .approximate?: .approximate
    }
  }

  @OptionGroup var inputs: LoggedInputOptions

  func validate() throws {
    if namedAccuracy != nil, within != nil {
      throw ValidationError("--accuracy and --within are two ways to say one thing: give one of them.")
    }
  }
}

extension QuantizationScheme.ErrorBound: ExpressibleByArgument {}

/// What a question is about.
struct AskingOptions: ParsableArguments {
  @OptionGroup var store: StoreArgument

  @Argument(help: ArgumentHelp("project.model.intermediate.column, * for all columns.", valueName: "key"))
  var keys: [String]

  @Option(
    help: ArgumentHelp(
      """
      Some rows by row_id, as in 17,18,20-30; all rows when omitted. They come in the order of the store, each once; only export keeps the order given \
      here, and repeats.
      """, valueName: "rows"), transform: AskedRows.init)
  var rows: AskedRows?

  @OptionGroup var sources: SourceOptions

  /// The keys as they are written.
  ///
  /// - Throws: `StoreError` with code `malformedKey`; `ValidationError` unless there are as many as a question takes.
  func parsed(_ allowed: ClosedRange<Int>, _ form: String) throws -> [IntermediateKey] {
    guard allowed.contains(keys.count) else {
      throw ValidationError("\(keys.count) key\(keys.count == 1 ? " is" : "s are") given. Give \(form).")
    }
    return try keys.map { try IntermediateKey($0) }
  }

  /// Keys of columns of one intermediate.
  ///
  /// - Parameter verb: what is done with it, for the message.
  /// - Throws: as `parsed`, and `ValidationError` for keys of several intermediates.
  func parsedOfOneIntermediate(_ verb: String) throws -> [IntermediateKey] {
    let asked = try parsed(1...Int.max, "at least one")
    if let other = asked.first(where: { $0.ofIntermediate != asked[0].ofIntermediate }) {
      throw ValidationError(
        "\(asked[0]) and \(other) belong to two intermediates, whose rows may differ. \(verb) one intermediate at a time.")
    }
    return asked
  }
}
