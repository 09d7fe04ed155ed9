package io.bayes4j.core.corruption;

import java.util.ArrayDeque;

/** Edges by Canny's method with OpenCV's choices: Sobel 3 x 3, sizes |dx| + |dy|. */
final class Canny {
  private static final double LOW = 50;
  private static final double HIGH = 150;
  private static final double TANGENT = Math.sqrt(2) - 1;
  private static final double[][] ACROSS = {{-1, 0, 1}, {-2, 0, 2}, {-1, 0, 1}};
  private static final double[][] DOWN = {{-1, -2, -1}, {0, 0, 0}, {1, 2, 1}};

  private Canny() {}

  static boolean[] edges(double[] bytes, int size) {
    double[] dx = Filters.correlate(bytes, size, ACROSS, Filters.Edge.NEAREST);
    double[] dy = Filters.correlate(bytes, size, DOWN, Filters.Edge.NEAREST);
    double[] strength = new double[bytes.length];
    for (int i = 0; i < strength.length; i++) {
      strength[i] = Math.abs(dx[i]) + Math.abs(dy[i]);
    }
    boolean[] ridge = new boolean[bytes.length];
    boolean[] edges = new boolean[bytes.length];
    ArrayDeque<Integer> open = new ArrayDeque<>();
    for (int i = 0; i < ridge.length; i++) {
      ridge[i] = strength[i] > LOW && isRidge(strength, size, i, dx[i], dy[i]);
      if (ridge[i] && strength[i] > HIGH) {
        edges[i] = true;
        open.add(i);
      }
    }
    // Weak ridges count where they hang together with strong ones.
    while (!open.isEmpty()) {
      int place = open.remove();
      for (int y = place / size - 1; y <= place / size + 1; y++) {
        for (int x = place % size - 1; x <= place % size + 1; x++) {
          boolean inside = y >= 0 && y < size && x >= 0 && x < size;
          if (inside && ridge[y * size + x] && !edges[y * size + x]) {
            edges[y * size + x] = true;
            open.add(y * size + x);
          }
        }
      }
    }
    return edges;
  }

  /** Whether a place is the strongest along its gradient. */
  private static boolean isRidge(double[] strength, int size, int place, double dx, double dy) {
    int y = place / size;
    int x = place % size;
    double own = strength[place];
    double across = Math.abs(dx);
    double down = Math.abs(dy);
    if (down < across * TANGENT) {
      return own > at(strength, size, y, x - 1) && own >= at(strength, size, y, x + 1);
    }
    if (down > across * (TANGENT + 2)) {
      return own > at(strength, size, y - 1, x) && own >= at(strength, size, y + 1, x);
    }
    int side = dx * dy < 0 ? -1 : 1;
    return own > at(strength, size, y - 1, x - side) && own > at(strength, size, y + 1, x + side);
  }

  private static double at(double[] strength, int size, int y, int x) {
    return y < 0 || y >= size || x < 0 || x >= size ? 0 : strength[y * size + x];
  }
}
