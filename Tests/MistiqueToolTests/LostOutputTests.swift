import Foundation
import TestSupport
import Testing

/// Standard streams that are closed, full or broken: no crash, no file damaged, and never status 0 where something was lost.
struct LostOutputTests {
  private let fixture: ToolFixture

  init() throws {
    fixture = try ToolFixture(hours: 300)
    try fixture.output("log", "bike-sharing.yaml", "--data", "data", "--store", "Store")
  }

  private func bash(_ line: String) throws -> Command.Result {
    let path = ToolFixture.programs + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
    return try Command(["bash", "-c", line], in: fixture.folder.url, environment: ["PATH": path]).finish()
  }

  @Test("A stream of notes that is closed or full costs no value of the answer, and the status is 1", arguments: ["2>&-", "2>/dev/full"])
  func notes(redirection: String) throws {
    let answer = try fixture.output("get", "Store", "bikes.hourly.read.cnt")
    let result = try bash("mistique get Store bikes.hourly.read.cnt \(redirection)")
    #expect(result.status == 1)
    #expect(result.output == answer && answer.split(separator: "\n").count == 301)
  }

  @Test(
    "Standard output that is full or closed gives one line and status 1, whatever the command",
    arguments: [
      "get Store bikes.hourly.read.cnt", "models Store", "intermediates Store bikes.hourly", "verify Store", "gc Store",
      "check bike-sharing.yaml", "check bike-sharing.yaml --data data", "transformers", "--help", "help get", "log --help",
      "--generate-completion-script bash", "log bike-sharing.yaml --data data --store Store --name other", "delete Store bikes.hourly",
      "repair Store",
    ])
  func results(command: String) throws {
    let full = try bash("mistique \(command) >/dev/full")
    #expect(full.status == 1)
    #expect(full.errors.contains("Error: standard output: No space left on device"), "\(full.errors)")
    let copy = "cp -r Store Copy && mistique \(command.replacing("Store", with: "Copy").replacing("other", with: "third"))"
    let closed = try bash("\(copy) >&-")
    #expect(closed.status == 1)
    #expect(closed.errors.contains("Error: "), "\(closed.errors)")
    let silent = try bash("mistique \(command) >/dev/full 2>/dev/full")
    #expect(silent.status == 1 && silent.errors.isEmpty)
  }

  @Test("A reader that has gone ends the command with status 141: by SIGPIPE, or where that is ignored with a line")
  func brokenPipe() throws {
    let gone = "exec 3> >(exec <&-); wait $!;"
    let killed = try bash("\(gone) mistique models Store >&3")
    #expect(killed.status == 141 && killed.errors.isEmpty)
    let ignored = try bash("trap '' PIPE; \(gone) mistique models Store >&3")
    #expect(ignored.status == 141)
    #expect(ignored.errors.contains("Error: standard output: Broken pipe"))
    let notes = try bash("trap '' PIPE; \(gone) mistique get Store bikes.hourly.read.cnt 2>&3")
    #expect(notes.status == 141 && notes.output.split(separator: "\n").count == 301)
  }

  @Test("An error keeps its status when there is nowhere to tell it", arguments: [">&- 2>&-", ">/dev/full 2>/dev/full", "2>&-"])
  func errors(redirection: String) throws {
    #expect(try bash("mistique get Store bikes.hourly.nothing.cnt \(redirection)").status == 1)
    #expect(try bash("mistique get Store \(redirection)").status == 64)
  }

  @Test("With all three streams closed a store is written and read without taking their numbers for its files")
  func closedDescriptors() throws {
    #expect(try bash("mistique log bike-sharing.yaml --data data --store Store --name silent <&- >&- 2>&-").status == 1)
    #expect(try fixture.output("verify", "Store").contains("The store is intact."))
    let digests = "find Store/partitions -type f | sort | xargs sha256sum"
    let before = try bash(digests).output
    #expect(try bash("mistique models Store <&- >&- 2>&-; mistique verify Store <&- >&- 2>&-").status == 1)
    #expect(try bash(digests).output == before)
    #expect(try fixture.output("verify", "Store").contains("The store is intact."))
    #expect(
      try fixture.output("get", "Store", "bikes.silent.read.*") == fixture.output("get", "Store", "bikes.hourly.read.*"))
  }

  @Test("A file that may grow no further is an error, not a signal")
  func sizeLimit() throws {
    let fixture = try ToolFixture(hours: 1_500)
    try fixture.output("log", "bike-sharing.yaml", "--data", "data", "--store", "Store")
    // In KB: enough for what the catalogue writes, too little for 1,500 rows.
    let command = "ulimit -f 64; exec \"$0\" get Store 'bikes.hourly.read.*' --output big.csv"
    let result = try Command(["bash", "-c", command, ToolFixture.programs + "/mistique"], in: fixture.folder.url).finish()
    #expect(result.status == 1)
    #expect(result.errors.contains("File too large"), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: fixture.folder.path + "/big.csv"))
  }
}
