package io.bayes4j.examples;

import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Precision;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How to compute: options that commands share. */
public final class ComputeOptions {
  @Mixin private ThreadOptions threads;

  @Option(
      names = "--precision",
      description =
          "What is multiplied: ${COMPLETION-CANDIDATES}; default: BF16 where the processor has it.")
  private @Nullable Precision precision;

  /** Uses so many threads as were asked for. */
  public void apply() {
    threads.apply();
  }

  /** The precision that was asked for, or the usual. */
  public Precision precision() {
    return precision == null ? usualPrecision() : precision;
  }

  /** BF16 where the processor multiplies such numbers, as the name of the kernels tells. */
  public static Precision usualPrecision() {
    String kernels = Kernels.provider().name();
    return kernels.contains("bf16") || kernels.contains("amx") ? Precision.BF16 : Precision.F32;
  }
}
