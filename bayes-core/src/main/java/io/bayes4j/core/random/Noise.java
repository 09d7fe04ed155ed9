package io.bayes4j.core.random;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.Scratch;
import java.util.Arrays;
import java.util.HexFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An endless stream of random numbers that is a value: element i depends only on the seed, the
 * splits taken, the kind of number and i.
 *
 * <p>Nothing is used up by reading. Asking twice gives the same numbers, in any order, from any
 * thread and in pieces of any size; new numbers come from a {@linkplain #split(long) split}. The
 * normals, uniforms, signs and permutations of one stream are independent of each other.
 *
 * <p>The bits are those of a counter run through the finalizer of SplitMix64 (Steele, Lea and
 * Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014). They serve simulation and
 * must not be used to keep a secret.
 */
@CheckReturnValue
public final class Noise {
  private static final long SEEDS = 0x5365656473212121L;
  private static final long NAMES = 0x4e616d6573212121L;

  /** The largest uniform. */
  private static final float LAST_UNIFORM = 1 - 0x1p-24f;

  private final long key;
  private final boolean mirrored;

  private Noise(long key, boolean mirrored) {
    this.key = key;
    this.mirrored = mirrored;
  }

  /** Returns the stream of a seed; different seeds, however close, give unrelated streams. */
  public static Noise seeded(long seed) {
    return new Noise(Words.combine(SEEDS, seed), false);
  }

  /** Returns the child stream with a number, unrelated to this stream and to its other children. */
  public Noise split(long id) {
    return new Noise(Words.combine(key, id), mirrored);
  }

  /**
   * Returns the child stream with a name, unrelated to this stream and to its other children.
   *
   * @throws IllegalArgumentException if the name is null
   */
  public Noise split(String name) {
    Require.nonNull(name, "name");
    long hash = Words.combine(key, NAMES);
    for (int i = 0; i < name.length(); i++) {
      hash = Words.combine(hash, name.charAt(i));
    }
    return new Noise(Words.combine(hash, name.length()), mirrored);
  }

  /**
   * Returns the stream whose numbers lie on the other side: the normals with opposite signs, and 1
   * - 2^-24 - u for each uniform u. Children of a mirrored stream are the mirrored children. Each
   * has the same distribution as this stream; together they are antithetic (Hammersley and Morton
   * 1956): what errs to one side with the one tends to err to the other with the other. Signs and
   * permutations stay as they are. The mirrored stream of a mirrored one is this stream.
   */
  public Noise mirrored() {
    return new Noise(key, !mirrored);
  }

  /** Returns the 64 bits that identify this stream. */
  public long key() {
    return key;
  }

  /**
   * Writes standard normals: elements first ... first + length - 1 of the stream.
   *
   * <p>Each has a resolution of 2^-32 in probability and lies in [-6.34, 6.34].
   *
   * @throws IllegalArgumentException if the range is not inside the array or first is negative
   */
  public void normals(float[] out, int offset, int length, long first) {
    fill(Kind.NORMAL, out, offset, length, first);
  }

  /**
   * Writes numbers uniform in [0, 1): elements first ... first + length - 1 of the stream.
   *
   * <p>They are multiples of 2^-24, which floats hold exactly.
   *
   * @throws IllegalArgumentException if the range is not inside the array or first is negative
   */
  public void uniforms(float[] out, int offset, int length, long first) {
    fill(Kind.UNIFORM, out, offset, length, first);
  }

  /**
   * Writes +1 or -1 with equal probability: elements first ... first + length - 1 of the stream.
   *
   * @throws IllegalArgumentException if the range is not inside the array or first is negative
   */
  public void signs(float[] out, int offset, int length, long first) {
    fill(Kind.SIGN, out, offset, length, first);
  }

  /**
   * Returns a new float array, in 'c' order, of the first standard normals of the stream.
   *
   * @throws IllegalArgumentException if the shape is empty or has a dimension below one
   */
  public INDArray normals(long... shape) {
    return filled(Kind.NORMAL, shape);
  }

  /**
   * Returns a new float array, in 'c' order, of the first uniforms in [0, 1) of the stream.
   *
   * @throws IllegalArgumentException if the shape is empty or has a dimension below one
   */
  public INDArray uniforms(long... shape) {
    return filled(Kind.UNIFORM, shape);
  }

  /**
   * Returns a new float array, in 'c' order, of the first signs, +1 or -1, of the stream.
   *
   * @throws IllegalArgumentException if the shape is empty or has a dimension below one
   */
  public INDArray signs(long... shape) {
    return filled(Kind.SIGN, shape);
  }

  /**
   * Overwrites an array with the first standard normals of the stream.
   *
   * @throws IllegalArgumentException if the target is not a dense float array in 'c' order
   */
  public void fillNormals(INDArray target) {
    fill(Kind.NORMAL, target, 0);
  }

  /**
   * Overwrites an array with the first uniforms in [0, 1) of the stream.
   *
   * @throws IllegalArgumentException if the target is not a dense float array in 'c' order
   */
  public void fillUniforms(INDArray target) {
    fill(Kind.UNIFORM, target, 0);
  }

  /**
   * Overwrites an array with the first signs, +1 or -1, of the stream.
   *
   * @throws IllegalArgumentException if the target is not a dense float array in 'c' order
   */
  public void fillSigns(INDArray target) {
    fill(Kind.SIGN, target, 0);
  }

  /**
   * Overwrites an array with standard normals: elements first, first + 1, ... of the stream.
   *
   * @throws IllegalArgumentException if the target is not a dense float array in 'c' order, or
   *     first is negative
   */
  public void fillNormals(INDArray target, long first) {
    fill(Kind.NORMAL, target, first);
  }

  /**
   * Overwrites an array with uniforms in [0, 1): elements first, first + 1, ... of the stream.
   *
   * @throws IllegalArgumentException if the target is not a dense float array in 'c' order, or
   *     first is negative
   */
  public void fillUniforms(INDArray target, long first) {
    fill(Kind.UNIFORM, target, first);
  }

  /**
   * Overwrites an array with signs, +1 or -1: elements first, first + 1, ... of the stream.
   *
   * @throws IllegalArgumentException if the target is not a dense float array in 'c' order, or
   *     first is negative
   */
  public void fillSigns(INDArray target, long first) {
    fill(Kind.SIGN, target, first);
  }

  /**
   * Returns the numbers 0 ... n - 1 in random order, every order being equally likely.
   *
   * @throws IllegalArgumentException if n is negative
   */
  public int[] permutation(int n) {
    Require.argument(n >= 0, "n must be >= 0, got %d", n);
    return Permutation.of(n, key);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Noise noise && noise.key == key && noise.mirrored == mirrored;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(mirrored ? ~key : key);
  }

  @Override
  public String toString() {
    return "Noise[" + HexFormat.of().toHexDigits(key) + (mirrored ? ", mirrored]" : "]");
  }

  private void fill(Kind kind, float[] out, int offset, int length, long first) {
    Require.nonNull(out, "out");
    Require.argument(
        offset >= 0 && length >= 0 && offset <= out.length - length,
        "offset and length must stay inside out, an array of %d elements, got offset %d, length %d",
        out.length,
        offset,
        length);
    Require.argument(
        first >= 0 && first <= Long.MAX_VALUE - length, "first must be >= 0, got %d", first);
    write(kind, out, offset, length, first);
  }

  private void write(Kind kind, float[] out, int offset, int length, long first) {
    kind.fill(key, out, offset, length, first);
    if (mirrored && kind != Kind.SIGN) {
      float center = kind == Kind.UNIFORM ? LAST_UNIFORM : 0;
      for (int i = offset; i < offset + length; i++) {
        out[i] = center - out[i];
      }
    }
  }

  private INDArray filled(Kind kind, long... shape) {
    Require.nonNull(shape, "shape");
    Require.argument(
        shape.length > 0 && Arrays.stream(shape).allMatch(size -> size > 0),
        "shape must have one or more dimensions, all >= 1, got %s",
        Require.text(shape));
    INDArray target = Detached.create(DataType.FLOAT, shape);
    fill(kind, target, 0);
    return target;
  }

  private void fill(Kind kind, INDArray target, long first) {
    Require.open(target, "target");
    Require.argument(first >= 0, "first must be >= 0, got %d", first);
    FloatMemory memory = FloatMemory.of(target, "target");
    Parallel.forRange(
        memory.length(),
        Scratch.SIZE,
        (from, to) -> {
          try (Scratch scratch = Scratch.open()) {
            int n = (int) (to - from);
            float[] chunk = scratch.array();
            write(kind, chunk, 0, n, first + from);
            memory.write(from, chunk, n);
          }
        });
  }
}
