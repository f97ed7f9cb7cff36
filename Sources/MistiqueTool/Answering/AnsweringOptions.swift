import ArgumentParser
import Foundation
import Groundwork

/// How an answer is written.
struct AnsweringOptions: ParsableArguments {
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case table, csv, json
  }

  @Option(
    help: ArgumentHelp(
      "table is for people (six digits); csv and json have every digit. In json NaN, Infinity and -Infinity are texts, and a missing value is null."
    ))
  var format = Format.table

  @Option(
    help: ArgumentHelp("The file for the answer, instead of standard output; an existing file is replaced.", valueName: "file"),
    transform: GivenPath.checked)
  var output: String?

  @Option(
    help: ArgumentHelp("Draws the answer too, with gnuplot: a file .svg or .png.", valueName: "file"), transform: GivenPath.checked)
  var plot: String?

  func validate() throws {
    if let plot, !["svg", "png"].contains(URL(fileURLWithPath: plot).pathExtension.lowercased()) {
      throw ValidationError("--plot '\(plot)': give the picture a name that ends in .svg or .png.")
    }
    if let output, let plot, let target = OutputTarget(output), target == OutputTarget(plot) {
      throw ValidationError("--output '\(output)' and --plot '\(plot)' lead to one file. Give two.")
    }
  }

  /// Writes the answer, and then draws the picture where one is asked for.
  ///
  /// - Throws: `QuestionError` when a file cannot be written, `FigureError` when the picture cannot be drawn.
  func write(_ answer: Answer) throws {
    for note in answer.notes + [answer.listing].compactMap(\.self) { Output.note(note) }
    let text: String
    switch format {
    case .table: text = answer.text()
    case .json: text = answer.json()
    case .csv:
      text = answer.table.csv()
      if !answer.facts.isEmpty { Output.note(answer.facts.map(\.text).joined(separator: ", ")) }
    }
    if let output {
      try OutputBytes.write(Array(text.utf8), to: output)
    } else {
      StandardStream.output.write(text)
    }
    if let plot { try AnswerPicture(answer).write(to: plot) }
  }
}
