import Foundation
import Rendering
import Testing

@testable import Production
@testable import moviola

/// The lines of `--json` are an interface: what is here must not change unnoticed.
@Suite struct EventLineTests {
  private func line(_ event: RenderEvent) -> String? { EventLine.make(.engine(event)) }

  @Test func eventsOfTheEngine() {
    let plan = Plan(
      phases: [Plan.Phase(component: .vae, anonymousBytes: 1, mappedBytes: 2)], tokens: 60, latentShape: [3, 6, 8, 16],
      memoryLimit: 9)
    #expect(
      line(.planned(plan)) == """
        {"event":"planned","encoder_bytes":0,"latent_shape":[3,6,8,16],"memory_limit":9,\
        "phases":[{"anonymous_bytes":1,"component":"vae","mapped_bytes":2,"operations":0,"reads_per_pass":0,\
        "steps":1,"weight_bytes":0}],"scratch_bytes":0,"tiles":1,"tokens":60}

        """)
    #expect(
      line(.loading(Loading(component: .highNoiseExpert, bytesDone: 5, bytesTotal: 9)))
        == "{\"event\":\"loading\",\"bytes_done\":5,\"bytes_total\":9,\"component\":\"transformer\"}\n")
    #expect(
      line(.loading(Loading(component: .vae, bytesDone: 5, bytesTotal: 9, bytesPerSecond: 1.5)))
        == """
        {"event":"loading","bytes_done":5,"bytes_per_second":1.5,"bytes_total":9,"component":"vae"}

        """)
    #expect(
      line(.textEncoded(TextEncoded(promptTokens: 7, negativeTokens: 1, seconds: 0.5)))
        == "{\"event\":\"text_encoded\",\"negative_tokens\":1,\"prompt_tokens\":7,\"seconds\":0.5}\n")
    let step = DenoisingStep(
      index: 3, count: 20, expert: .lowNoiseExpert, sigma: 0.5, timestep: 500, seconds: .nan, preview: [])
    #expect(
      line(.step(step)) == """
        {"event":"step","count":20,"expert":"transformer_2","index":3,"seconds":"nan","sigma":0.5,"timestep":500}

        """)
    #expect(
      line(.decoding(Decoding(framesDone: 4, frameCount: 9)))
        == "{\"event\":\"decoding\",\"frame_count\":9,\"frames_done\":4}\n")
    #expect(line(.frames([Frame(width: 1, height: 1, rgb: [1, 2, 3])])) == "{\"event\":\"frames\",\"count\":1}\n")
    let report = EngineReport(seconds: PhaseSeconds(text: 1, denoise: 2, decode: 3), modelFingerprint: "f")
    #expect(
      line(.finished(report)) == """
        {"event":"rendered","model_fingerprint":"f","seconds":{"decode":3,"denoise":2,"text":1}}

        """)
  }

  @Test func eventsOfTheJob() throws {
    #expect(EventLine.make(.checking) == "{\"event\":\"checking\"}\n")
    #expect(EventLine.make(.warning("a \"b\"\n")) == "{\"event\":\"warning\",\"message\":\"a \\\"b\\\"\\n\"}\n")
    let failure = Failure(RenderError(.numerics, "NaN in step 3"))
    #expect(
      EventLine.failed(failure) == "{\"event\":\"failed\",\"code\":\"numerics\",\"message\":\"NaN in step 3\"}\n")
    let started = EventLine.started(Recipe(prompt: "红", model: "m", seed: 9), output: "红-9.mp4")
    #expect(started.hasPrefix("{\"event\":\"started\",\"output\":\"红-9.mp4\",\"recipe\":{"))
    #expect(started.contains("\"frame_count\":81"))
  }

  @Test func theLastLine() {
    var seconds = Render.Seconds()
    seconds.denoise = 1.5
    let render = Render(
      output: "/a/b.mp4", recipe: Recipe(prompt: "p", model: "m", seed: 7), frames: 17, framesSHA256: "00ff",
      peakRSSBytes: 4096, seconds: seconds)
    #expect(
      EventLine.finished(render) == """
        {"event":"finished","frames":17,"frames_sha256":"00ff","output":"/a/b.mp4","peak_rss_bytes":4096,\
        "seconds":{"decode":0,"denoise":1.5,"encode":0,"plan":0,"text":0,"total":0,"verify":0},"seed":7}

        """)
  }
}
