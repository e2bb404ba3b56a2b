/// A finished job: its clip has been written, reopened and found to be what the recipe asked for.
public struct Render: Codable, Hashable, Sendable {
  /// Where the clip is; "-" when it went to standard output.
  public var output: String
  /// The recipe as it is in the clip, with the fingerprint of the model that the engine saw.
  public var recipe: Recipe
  public var frames: Int
  /// SHA-256, in hexadecimal, over the RGB24 bytes of all frames in order, as given to the encoder.
  public var framesSHA256: String
  /// The most memory that the process ever had resident, mapped weights included.
  public var peakRSSBytes: Int
  public var seconds: Seconds
  /// The arithmetic that was planned, by which later renders are foretold; nil where the engine does not count it.
  public var operations: Operations?

  public init(
    output: String, recipe: Recipe, frames: Int, framesSHA256: String, peakRSSBytes: Int, seconds: Seconds,
    operations: Operations? = nil
  ) {
    self.output = output
    self.recipe = recipe
    self.frames = frames
    self.framesSHA256 = framesSHA256
    self.peakRSSBytes = peakRSSBytes
    self.seconds = seconds
    self.operations = operations
  }

  /// Multiplications and additions of each phase.
  public struct Operations: Codable, Hashable, Sendable {
    public var text: Int
    public var denoise: Int
    public var decode: Int

    public init(text: Int, denoise: Int, decode: Int) {
      (self.text, self.denoise, self.decode) = (text, denoise, decode)
    }
  }

  /// Wall-clock seconds. Encoding happens between decoded frames, so the phases do not add up to `total`.
  public struct Seconds: Codable, Hashable, Sendable {
    /// Checking the recipe, opening encoder and files.
    public var plan = 0.0
    public var text = 0.0
    public var denoise = 0.0
    public var decode = 0.0
    public var encode = 0.0
    /// Completing the MP4, decoding it again, putting it in its place.
    public var verify = 0.0
    public var total = 0.0

    public init() {}
  }
}
