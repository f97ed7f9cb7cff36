import Foundation
import GnuplotStream

/// A gnuplot process fed through gnuplot-iostream. Owns the process; checks its status, not its pictures.
struct Gnuplot {
  let executable: String

  /// Sends `script` to a gnuplot working in `folder` and waits for its end.
  ///
  /// Throws: `FigureError.gnuplotMissing`, or `.gnuplotFailed` with gnuplot's own messages.
  func run(_ script: String, in folder: URL, figure: String) throws {
    var code: Int32 = 0
    guard let stream = gnuplot_stream_open(executable, folder.path, &code) else {
      throw FigureError.gnuplotMissing(executable: executable, code: String(cString: strerror(code)))
    }
    var script = script
    // A closed pipe is not judged here: gnuplot's status and messages say why it stopped reading.
    _ = script.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { $0.isEmpty ? 0 : gnuplot_stream_send(stream, $0.baseAddress!, $0.count) }
    }
    var text: UnsafeMutablePointer<CChar>?
    let status = gnuplot_stream_close(stream, &text)
    // fontconfig's remarks about its cache are no concern of the picture's.
    let lines = text.map { String(cString: $0).split(separator: "\n").filter { !$0.contains("Fontconfig") } } ?? []
    let messages = lines.joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
    gnuplot_stream_free_messages(text)
    // gnuplot goes on after some mistakes and ends with status 0; then only its messages tell.
    guard status == 0, messages.isEmpty else {
      throw FigureError.gnuplotFailed(figure: figure, status: status, messages: messages)
    }
  }
}
