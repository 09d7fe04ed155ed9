package io.bayes4j.examples.imagenet;

/**
 * Bilinear scaling of a line of bytes, antialiased, in Pillow's whole numbers: weights of 22 bits,
 * so that the bytes are the same.
 */
final class PillowFilter {
  private static final int BITS = 22;

  private final int[] firsts;
  private final int[][] weights;

  private PillowFilter(int length) {
    firsts = new int[length];
    weights = new int[length][];
  }

  /** From a length to another; a new pixel is a mean of all old ones that it covers in part. */
  static PillowFilter bilinear(int from, int to) {
    PillowFilter filter = new PillowFilter(to);
    double scale = from / (double) to;
    double reach = Math.max(scale, 1);
    for (int i = 0; i < to; i++) {
      double centre = (i + 0.5) * scale;
      int first = Math.max(0, (int) (centre - reach + 0.5));
      int end = Math.min(from, (int) (centre + reach + 0.5));
      filter.firsts[i] = first;
      filter.weights[i] = weights(first, end, centre, reach);
    }
    return filter;
  }

  private static int[] weights(int first, int end, double centre, double reach) {
    double[] triangle = new double[end - first];
    double sum = 0;
    for (int i = 0; i < triangle.length; i++) {
      triangle[i] = Math.max(0, 1 - Math.abs((i + first - centre + 0.5) * (1 / reach)));
      sum += triangle[i];
    }
    int[] whole = new int[triangle.length];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = (int) (0.5 + triangle[i] * (1 / sum) * (1 << BITS));
    }
    return whole;
  }

  /** Scales pixels that lie a step apart in both arrays. */
  void apply(byte[] from, int at, int step, byte[] to, int toAt, int toStep) {
    for (int i = 0; i < firsts.length; i++) {
      int sum = 1 << (BITS - 1);
      int place = at + firsts[i] * step;
      for (int weight : weights[i]) {
        sum += weight * (from[place] & 0xff);
        place += step;
      }
      to[toAt + i * toStep] = (byte) Math.max(0, Math.min(255, sum >> BITS));
    }
  }
}
