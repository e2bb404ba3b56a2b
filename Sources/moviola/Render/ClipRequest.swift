import ArgumentParser

/// Which clip: what `render` and `plan` have in common.
struct ClipRequest: ParsableArguments {
  @Argument(help: "What the clip shows; - reads it from standard input.")
  var prompt: String?

  @OptionGroup var options: RenderOptions

  @Option(help: ArgumentHelp("Take the recipe out of a clip that Moviola made.", valueName: "clip"))
  var from: String?

  func validate() throws {
    if let from, from.isEmpty || from == "-" {
      throw ValidationError("--from needs the name of a clip, which is opened as a file")
    }
    if prompt == nil && from == nil {
      throw ValidationError(
        "nothing to render: give a prompt, as in moviola render \"a red ball bounces\", or --from CLIP")
    }
  }
}
