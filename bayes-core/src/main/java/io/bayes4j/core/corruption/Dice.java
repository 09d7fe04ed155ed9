package io.bayes4j.core.corruption;

import io.bayes4j.core.random.Noise;

/** Random numbers one after the other. */
interface Dice {
  /** Uniform in [0, 1). */
  double uniform();

  /** Standard normal. */
  double normal();

  /** Uniform in [low, high). */
  default double between(double low, double high) {
    return low + uniform() * (high - low);
  }

  /** A whole number in [low, high). */
  default int whole(int low, int high) {
    return Math.min(high - 1, low + (int) Math.floor(uniform() * (high - low)));
  }

  /** The numbers of a stream. */
  static Dice of(Noise noise) {
    return new Dice() {
      private final float[] uniforms = new float[256];
      private final float[] normals = new float[256];
      private long uniformsTaken;
      private long normalsTaken;

      @Override
      public double uniform() {
        int at = (int) (uniformsTaken % uniforms.length);
        if (at == 0) {
          noise.uniforms(uniforms, 0, uniforms.length, uniformsTaken);
        }
        uniformsTaken++;
        return uniforms[at];
      }

      @Override
      public double normal() {
        int at = (int) (normalsTaken % normals.length);
        if (at == 0) {
          noise.normals(normals, 0, normals.length, normalsTaken);
        }
        normalsTaken++;
        return normals[at];
      }
    };
  }
}
