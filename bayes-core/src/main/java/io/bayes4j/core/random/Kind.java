package io.bayes4j.core.random;

/** What the bits of a random word are read as. */
enum Kind {
  /** Standard normals, two per word. */
  NORMAL(2, 0x4e6f726d616c7321L) {
    @Override
    float element(long word, int position) {
      return InverseNormal.of((int) (word >>> (32 * position)));
    }

    @Override
    void decode(long[] words, int count, float[] out, int offset) {
      InverseNormal.lookUp(words, count, out, offset);
    }
  },

  /** Multiples of 2^-24 in [0, 1), two per word. */
  UNIFORM(2, 0x556e69666f726d21L) {
    @Override
    float element(long word, int position) {
      return ((int) (word >>> (32 * position)) >>> 8) * 0x1p-24f;
    }

    @Override
    void decode(long[] words, int count, float[] out, int offset) {
      for (int i = 0; i < count; i++) {
        out[offset + 2 * i] = element(words[i], 0);
        out[offset + 2 * i + 1] = element(words[i], 1);
      }
    }
  },

  /** +1 and -1, one bit each. */
  SIGN(64, 0x5369676e73212121L) {
    @Override
    float element(long word, int position) {
      return 1 - 2 * (int) ((word >>> position) & 1);
    }

    @Override
    void decode(long[] words, int count, float[] out, int offset) {
      for (int i = 0; i < count; i++) {
        for (int position = 0; position < 64; position++) {
          out[offset + 64 * i + position] = element(words[i], position);
        }
      }
    }
  };

  private static final ThreadLocal<long[]> BLOCKS =
      ThreadLocal.withInitial(() -> new long[Words.BLOCK]);

  private final int perWord;
  private final long id;

  Kind(int perWord, long id) {
    this.perWord = perWord;
    this.id = id;
  }

  /** Returns the element at a position below the number of elements per word. */
  abstract float element(long word, int position);

  /** Writes all elements of the first words. */
  abstract void decode(long[] words, int count, float[] out, int offset);

  /** Writes elements first ... first + length - 1 of the stream with the given key. */
  final void fill(long key, float[] out, int offset, int length, long first) {
    Words words = new Words(key, id);
    long[] block = BLOCKS.get();
    int done = 0;
    while (done < length) {
      long element = first + done;
      int position = (int) (element % perWord);
      int left = length - done;
      if (position == 0 && left >= perWord) {
        int count = Math.min(Words.BLOCK, left / perWord);
        words.fill(block, count, element / perWord);
        decode(block, count, out, offset + done);
        done += count * perWord;
      } else {
        int count = Math.min(perWord - position, left);
        words.fill(block, 1, element / perWord);
        for (int i = 0; i < count; i++) {
          out[offset + done + i] = element(block[0], position + i);
        }
        done += count;
      }
    }
  }
}
