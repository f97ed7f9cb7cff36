/// How the characters of a CSV file are bytes. Frames hold UTF-8, to which the others are converted when a file is opened.
public enum CSVEncoding: String, Sendable, CaseIterable {
  case utf8 = "utf-8"
  /// ISO 8859-1: every byte is the character of its number.
  case latin1
  /// With a byte order mark, or with the order that the zero bytes of its first characters show.
  case utf16 = "utf-16"
}
