import Groundwork

/// Text in a shell command.
package enum ShellText {
  /// For a shell, whatever it holds.
  package static func quoted(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.utf8.allSatisfy { byte in
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || "-_./=:,%@+".utf8.contains(byte)
      }
    return isPlain ? text : "'" + text.replacingScalars(["'": "'\\''"]) + "'"
  }
}
