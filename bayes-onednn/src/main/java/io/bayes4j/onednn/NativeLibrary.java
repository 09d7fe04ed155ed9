package io.bayes4j.onednn;

import java.util.List;
import java.util.Locale;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;

/** The build of oneDNN for this machine, and the instructions that it uses here. */
final class NativeLibrary {
  private NativeLibrary() {}

  /**
   * Loads the native library.
   *
   * @return the path of the library that holds, or is linked with, everything native
   * @throws UnsupportedOperationException if there is none for such processors
   */
  static String load() {
    String architecture = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    if (!List.of("amd64", "x86_64").contains(architecture)) {
      throw new UnsupportedOperationException(
          "oneDNN kernels need an x86-64 processor, got os.arch " + architecture);
    }
    return Loader.load(dnnl.class);
  }

  /** Version and instruction set, such as "2.5.2, avx512_core_bf16". */
  static String describe() {
    dnnl_version_t version = dnnl.dnnl_version();
    return String.format(
        Locale.ROOT,
        "%d.%d.%d, %s",
        version.major(),
        version.minor(),
        version.patch(),
        instructionSet().name());
  }

  /** Whether the processor multiplies BF16 numbers itself; elsewhere oneDNN emulates that. */
  static boolean multipliesBf16() {
    return switch (instructionSet()) {
      case avx512_core_bf16, avx512_core_amx -> true;
      default -> false;
    };
  }

  /**
   * Whether the processor multiplies 8-bit numbers and adds the products up in 32 bits; elsewhere
   * pairs of them are added in 16, which do not hold every sum.
   */
  static boolean addsBytesExactly() {
    return List.of("vnni", "bf16", "amx").stream().anyMatch(instructionSet().name()::contains);
  }

  /** What multiplies 8-bit numbers where sums are exact. */
  static String integerInstructions() {
    String name = instructionSet().name();
    if (name.contains("amx")) {
      return "AMX_INT8";
    }
    return name.startsWith("avx512") ? "AVX512_VNNI" : "AVX2_VNNI";
  }

  /** Whether it uses AVX-512. */
  static boolean hasAvx512() {
    return instructionSet().name().startsWith("avx512_core");
  }

  private static dnnl.cpu_isa instructionSet() {
    return dnnl.get_effective_cpu_isa().intern();
  }
}
