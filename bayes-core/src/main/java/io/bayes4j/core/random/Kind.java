package io.bayes4j.core.random;

import io.bayes4j.core.internal.Scratch;

/** What the halves of random words are read as: each word gives two numbers. */
enum Kind {
  /** Standard normals. */
  NORMAL(0x4e6f726d616c7321L) {
    @Override
    void decode(RandomFloats floats, Scratch scratch, float[] out) {
      InverseNormal.of(floats, scratch, out);
    }
  },

  /** Multiples of 2^-24 in [0, 1). */
  UNIFORM(0x556e69666f726d21L) {
    @Override
    void decode(RandomFloats floats, Scratch scratch, float[] out) {
      float[] lowest = scratch.array();
      floats.upperBits(out);
      floats.lowerBits(1, 0x1p-23f, lowest);
      int n = floats.size();
      for (int i = 0; i < n; i++) {
        out[i] = 0.5f * (out[i] - 2f) + (lowest[i] - 0x1p-23f);
      }
    }
  },

  /** +1 and -1. */
  SIGN(0x5369676e73212121L) {
    @Override
    void decode(RandomFloats floats, Scratch scratch, float[] out) {
      floats.signs(out);
    }
  };

  private final long id;

  Kind(long id) {
    this.id = id;
  }

  /** Writes the numbers of a block from the start of an array on. */
  abstract void decode(RandomFloats floats, Scratch scratch, float[] out);

  /** Writes elements first ... first + length - 1 of the stream with the given key. */
  final void fill(long key, float[] out, int offset, int length, long first) {
    Words words = new Words(key, id);
    RandomFloats floats = RandomFloats.own();
    int done = 0;
    while (done < length) {
      long element = first + done;
      // An odd element is the second of its word.
      int skipped = (int) (element & 1);
      int wanted = Math.min(RandomFloats.MOST, skipped + length - done);
      floats.take(words, element / 2, (wanted + 1) / 2);
      try (Scratch scratch = Scratch.open()) {
        float[] block = scratch.array();
        decode(floats, scratch, block);
        System.arraycopy(block, skipped, out, offset + done, wanted - skipped);
      }
      done += wanted - skipped;
    }
  }
}
