/// How a CSV file encodes its characters as bytes. Frames hold UTF-8; files in the other encodings are converted when they are opened.
public enum CSVEncoding: String, Sendable, CaseIterable {
  /// UTF-8, with a byte order mark or without. Bytes that are not valid UTF-8 are an error.
  case utf8 = "utf-8"
  /// ISO 8859-1: every byte is the Unicode character of the same number. Bytes from 0x80 to 0x9F, which would be control characters, are an error: they are
  /// letters and quotes of ``windows1252``.
  case latin1
  /// Windows-1252, which has letters and quotes where Latin-1 has control characters. The five bytes that are no character are an error.
  case windows1252 = "windows-1252"
  /// UTF-16. The byte order is that of the byte order mark or, without one, what the zero bytes of the first characters show.
  case utf16 = "utf-16"
}
