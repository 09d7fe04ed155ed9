package io.bayes4j.core.uncertainty;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Minimizes a smooth function with limited memory (Nocedal, Wright, "Numerical Optimization", 2006,
 * algorithm 7.4), by steps that never go up.
 */
final class Lbfgs {
  private static final int MEMORY = 10;
  private static final int MOST_STEPS = 500;
  private static final int MOST_HALVINGS = 40;
  private static final double ENOUGH = 1e-4;

  /** Gradients below this are none. */
  private static final double FLAT = 1e-8;

  private final Deque<Pair> pairs = new ArrayDeque<>();
  private boolean converged;

  /** A function with its gradient. */
  @FunctionalInterface
  interface Objective {
    /** Returns the value, and overwrites the gradient. */
    double at(double[] x, double[] gradient);
  }

  /** How far a step went, and how much the gradient changed. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Pair(double[] step, double[] change, double product) {}

  /** Whether the last run ended where the function is flat. */
  boolean converged() {
    return converged;
  }

  /** The least point found, from a first one, which is overwritten. */
  double[] minimize(Objective objective, double... x) {
    double[] gradient = new double[x.length];
    double value = objective.at(x, gradient);
    double[] next = new double[x.length];
    double[] nextGradient = new double[x.length];
    for (int i = 0; i < MOST_STEPS; i++) {
      converged = size(gradient) <= FLAT;
      if (converged) {
        return x;
      }
      double[] direction = direction(gradient);
      double slope = dot(direction, gradient);
      double length = pairs.isEmpty() ? Math.min(1, 1 / size(gradient)) : 1;
      int halvings = 0;
      double nextValue = Double.NaN;
      do {
        for (int j = 0; j < x.length; j++) {
          next[j] = x[j] + length * direction[j];
        }
        nextValue = objective.at(next, nextGradient);
        length *= 0.5;
      } while (!(nextValue <= value + 2 * length * ENOUGH * slope) && ++halvings < MOST_HALVINGS);
      if (!(nextValue < value)) {
        // Nothing is left but rounding.
        converged = true;
        return x;
      }
      remember(x, next, gradient, nextGradient);
      value = nextValue;
      System.arraycopy(next, 0, x, 0, x.length);
      System.arraycopy(nextGradient, 0, gradient, 0, x.length);
    }
    return x;
  }

  private void remember(double[] x, double[] next, double[] gradient, double... nextGradient) {
    double[] step = new double[x.length];
    double[] change = new double[x.length];
    for (int j = 0; j < x.length; j++) {
      step[j] = next[j] - x[j];
      change[j] = nextGradient[j] - gradient[j];
    }
    double product = dot(step, change);
    if (product > 1e-14 * Math.sqrt(dot(step, step) * dot(change, change))) {
      pairs.addLast(new Pair(step, change, product));
      if (pairs.size() > MEMORY) {
        pairs.removeFirst();
      }
    }
  }

  private double[] direction(double... gradient) {
    double[] direction = gradient.clone();
    Deque<Double> factors = new ArrayDeque<>();
    for (var i = pairs.descendingIterator(); i.hasNext(); ) {
      Pair pair = i.next();
      double factor = dot(pair.step, direction) / pair.product;
      factors.addFirst(factor);
      add(direction, -factor, pair.change);
    }
    Pair last = pairs.peekLast();
    double scale = last == null ? 1 : last.product / dot(last.change, last.change);
    for (int j = 0; j < direction.length; j++) {
      direction[j] *= scale;
    }
    for (Pair pair : pairs) {
      add(direction, factors.removeFirst() - dot(pair.change, direction) / pair.product, pair.step);
    }
    for (int j = 0; j < direction.length; j++) {
      direction[j] = -direction[j];
    }
    return direction;
  }

  private static void add(double[] to, double factor, double... what) {
    for (int j = 0; j < to.length; j++) {
      to[j] += factor * what[j];
    }
  }

  private static double dot(double[] a, double... b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }

  private static double size(double... gradient) {
    double greatest = 0;
    for (double g : gradient) {
      greatest = Math.max(greatest, Math.abs(g));
    }
    return greatest;
  }
}
