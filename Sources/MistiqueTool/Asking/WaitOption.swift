import ArgumentParser
import Mistique

/// What a writing command does while another process writes to the same store.
struct WaitOption: ParsableArguments {
  @Flag(help: "Wait while another process writes to the store, instead of giving up. Ctrl-C ends the wait.")
  var wait = false

  var options: StoreOptions {
    var options = StoreOptions()
    guard wait else { return options }
    options.writerPatience = .seconds(365 * 86_400)
    options.whenWaiting = { Output.note("Another process is writing to the store: waiting for it.") }
    return options
  }
}
