import Foundation

extension CIFAR10Download {
  /// Transfers the archive into `partial`, which may already hold its beginning.
  ///
  /// The retries are ours and not curl's: curl 7.88 throws away what a failed attempt has fetched before it tries again.
  func fetch(into partial: URL, report: (String) -> Void) throws {
    var pause = firstPauseSeconds
    var last = Transfer(status: 0, httpCode: 0, message: "no transfer was tried")
    for attempt in 1...max(attempts, 1) {
      let have = byteCount(of: partial)
      report("downloading \(archive.url.absoluteString)\(have > 0 ? ", from byte \(have) on" : "") (attempt \(attempt) of \(attempts))")
      last = try transfer(into: partial)
      switch last.verdict {
      case .complete: return
      case .rangeRefused:
        // There is nothing after the bytes we have, so they are not a beginning of this archive (a whole one was recognised before).
        report("\(partial.path) is not the beginning of the archive; starting over")
        try? FileManager.default.removeItem(at: partial)
      case .hopeless: throw failure(last, partial)
      case .interrupted:
        guard attempt < attempts else { break }
        report("interrupted (\(last.message)); trying again in \(pause) s")
        Thread.sleep(forTimeInterval: pause)
        pause *= 2
      }
    }
    throw failure(last, partial)
  }

  private func failure(_ transfer: Transfer, _ partial: URL) -> DownloadError {
    DownloadError(
      .transfer(url: archive.url, httpCode: transfer.httpCode, message: transfer.message, partial: partial, bytes: byteCount(of: partial)))
  }

  private func byteCount(of file: URL) -> Int {
    ((try? FileManager.default.attributesOfItem(atPath: file.path))?[.size] as? NSNumber)?.intValue ?? 0
  }

  /// What one run of curl came to.
  private struct Transfer {
    enum Verdict { case complete, rangeRefused, interrupted, hopeless }

    /// curl's exit code.
    let status: Int32
    /// 0 if there was no answer.
    let httpCode: Int
    let message: String

    var verdict: Verdict {
      switch (status, httpCode) {
      // 33: the server ignores ranges; 416: it has nothing after the bytes we have, which curl counts as success.
      case (33, _), (_, 416): .rangeRefused
      case (0, _): .complete
      case (22, 408), (22, 429), (22, 500...): .interrupted
      // A name not found, no connection, a cut or silent transfer, a broken stream: they may pass.
      case (5...7, _), (16, _), (18, _), (28, _), (35, _), (52, _), (55, _), (56, _), (92, _): .interrupted
      default: .hopeless
      }
    }
  }

  private func transfer(into partial: URL) throws -> Transfer {
    let meter = showsMeter ? ["--progress-bar"] : ["--silent", "--show-error"]
    let limits = ["--connect-timeout", "30", "--speed-limit", "1", "--speed-time", "60"]
    let result = try Tool.run(
      "curl",
      meter + limits + [
        "--fail", "--location", "--continue-at", "-", "--write-out", "%{http_code}\\n%{errormsg}", "--output", partial.path,
        archive.url.absoluteString,
      ], passesErrorsOn: showsMeter)
    let lines = result.output.split(separator: "\n", maxSplits: 1).map(String.init)
    let message = lines.count > 1 ? lines[1] : result.errors.trimmingCharacters(in: .whitespacesAndNewlines)
    return Transfer(status: result.status, httpCode: lines.first.flatMap { Int($0) } ?? 0, message: "curl \(result.status): \(message)")
  }
}
