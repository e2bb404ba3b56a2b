import ArgumentParser
import Checkpoints
import Foundation
import Tensors
import WanModel

/// `moviola bench vae`: decoding a short clip with the Wan 2.1 VAE at full width.
struct VAEBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vae", abstract: "Decode a clip with a VAE of random weights.")

  @Option(help: "Latent frames x height x width; 3x30x52 is 9 frames of 416x240.")
  var latent = LatentSize(frames: 3, height: 30, width: 52)

  @Flag(help: "Decode in reference precision too and compare the clips (slow).")
  var compare = false

  @OptionGroup var options: BenchOptions

  func run() throws {
    let configuration = VAEConfiguration(
      latentsMean: [Double](repeating: 0, count: 16), latentsStd: [Double](repeating: 1, count: 16))
    let checkpoint = try RandomWeights.checkpoint(configuration.expectedTensors)
    let latents = Noise.normal(latent.shape(channels: configuration.zDim), seed: 1)
    var clip: [Float] = []
    let measurement = try Measurement(options, limit: .convolutions) { cpu in
      let decoder = try VAEDecoder(configuration, checkpoint, on: cpu)
      return {
        clip.removeAll(keepingCapacity: true)
        clip.reserveCapacity(3 * 64 * latent.height * latent.width * (4 * (latent.frames - 1) + 1))
        try decoder.decode(latents, isCancelled: { false }, emit: { clip += $0.floats() })
      }
    }
    var numbers = ["frames": Double(4 * (latent.frames - 1) + 1)]
    if compare { numbers["psnr"] = try psnr(clip, configuration, checkpoint, latents) }
    let subject = "\(4 * (latent.frames - 1) + 1) frames of \(8 * latent.width)x\(8 * latent.height)"
    try BenchReport(
      work: "vae", subject: subject, options: options, measurement: measurement, numbers: numbers
    ).write()
    if let psnr = numbers["psnr"] { Console.output(String(format: "  against reference  %.1f dB\n", psnr)) }
  }

  /// Peak signal-to-noise ratio of values −1…1 against reference precision, in decibels.
  private func psnr(
    _ clip: [Float], _ configuration: VAEConfiguration, _ checkpoint: Checkpoint, _ latents: Tensor
  ) throws -> Double {
    let decoder = try VAEDecoder(configuration, checkpoint, on: CPU(precision: .reference, threads: options.threads))
    var want: [Float] = []
    try decoder.decode(latents, isCancelled: { false }, emit: { want += $0.floats() })
    let squares = zip(clip, want).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
    return 10 * log10(4 / max(squares / Double(max(want.count, 1)), 1e-300))
  }
}
