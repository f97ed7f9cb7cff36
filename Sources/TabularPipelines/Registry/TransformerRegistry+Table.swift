extension TransformerRegistry {
  /// Every transformer with its inputs, outputs and parameters as a table in Markdown, by name. The reference in the documentation is this text.
  ///
  /// A parameter is listed with the values that it takes and its default; one without a default is required.
  package var markdownTable: String {
    let rows = names.map { name -> String in
      let signature = self[name]!.signature
      var inputs = signature.inputs.map(\.rawValue)
      if signature.repeatsLastInput, let last = inputs.popLast() { inputs.append(last + ", or several") }
      if signature.appliesToAnother { inputs.append("if given, another, which is transformed and emitted instead") }
      let outputs = signature.outputs.map { $0.isEmpty ? "`stage`" : "`stage\($0)`" }
      let parameters = signature.parameters.map(\.tableText)
      let cells = [
        "`\(name)`", inputs.joined(separator: "; "), outputs.joined(separator: ", "),
        parameters.isEmpty ? "none" : parameters.joined(separator: "; "),
      ]
      return "| " + cells.joined(separator: " | ") + " |"
    }
    return (["| transformer | inputs | emits | parameters |", "|---|---|---|---|"] + rows).joined(separator: "\n") + "\n"
  }
}

extension ParameterDeclaration {
  fileprivate var tableText: String {
    let text = "`\(name)`: \(expectation), " + (defaultValue.map { "by default `\($0.canonicalText)`" } ?? "required")
    return text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
  }
}
