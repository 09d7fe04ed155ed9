package io.bayes4j.examples.programs;

import io.bayes4j.core.random.Noise;
import java.util.Arrays;

/** One scene in the making: sky, grass, a road, cars and trees, those far away in the haze. */
final class Painting {
  private static final int WIDTH = Scenery.WIDTH;
  private static final int HEIGHT = Scenery.HEIGHT;
  private static final int OBJECTS = 9;
  private static final int SKY = 0;
  private static final int GRASS = 1;
  private static final int ROAD = 2;
  private static final int CAR = 3;
  private static final int TREE = 4;
  private static final int HAZE = 0xb9c4cc;
  private static final int[] CARS = {0xc0281e, 0x1f4fb0, 0xe8e8e4, 0x20242a, 0xd8a012};
  private static final float LIGHT = 255f;

  private final float[] pixels = new float[3 * Scenery.AREA];
  private final int[] labels = new int[Scenery.AREA];
  private final boolean[] strange = new boolean[Scenery.AREA];
  private final float[] nearness = new float[Scenery.AREA];
  private final float[] dice = new float[200];
  private final Noise noise;
  private final int horizon;
  private final double bend;
  private int thrown;

  Painting(Noise noise) {
    this.noise = noise;
    noise.uniforms(dice, 0, dice.length, 0);
    Arrays.fill(nearness, Float.NaN);
    horizon = 14 + (int) (6 * dice());
    bend = 24 * (dice() - 0.5);
    ground();
    double near = 0.04;
    for (int i = 0; i < OBJECTS && near < 1; i++) {
      if (dice() < 0.5) {
        car(near);
      } else {
        tree(near);
      }
      near += 0.03 + 0.5 * near * dice();
    }
  }

  private double dice() {
    return dice[thrown++];
  }

  private int row(double near) {
    return horizon + (int) (near * (HEIGHT - 1 - horizon));
  }

  private double middle(double near) {
    return WIDTH / 2.0 + bend * (1 - near) * (1 - near);
  }

  private static double halfRoad(double near) {
    return 1.5 + 22 * near;
  }

  private void ground() {
    for (int y = 0; y < HEIGHT; y++) {
      double near = (y - horizon) / (double) (HEIGHT - 1 - horizon);
      for (int x = 0; x < WIDTH; x++) {
        if (y < horizon) {
          paint(x, y, SKY, mix(0x5f9ddb, HAZE, y / (double) horizon), 1);
        } else if (Math.abs(x + 0.5 - middle(near)) < halfRoad(near)) {
          paint(x, y, ROAD, 0x5a5a60, near);
        } else {
          paint(x, y, GRASS, 0x5f9440, near);
        }
      }
    }
  }

  private void car(double near) {
    double half = 0.8 + 6.5 * near;
    double x = middle(near) + (dice() < 0.5 ? -0.5 : 0.5) * halfRoad(near);
    int bottom = row(near);
    int colour = CARS[(int) (dice() * CARS.length)];
    int top = (int) Math.round(bottom - 1.3 * half);
    for (int y = top; y <= bottom; y++) {
      double share = (y - top + 0.5) / (bottom - top + 1);
      double width = share < 0.45 ? 0.7 * half : half;
      for (int at = (int) Math.round(x - width); at <= Math.round(x + width); at++) {
        boolean window = share > 0.12 && share < 0.42 && Math.abs(at - x) < 0.55 * half;
        boolean wheel = share > 0.8 && Math.abs(at - x) > 0.5 * half;
        stand(at, y, CAR, window ? 0x2c3a48 : wheel ? 0x141414 : colour, near);
      }
    }
  }

  private void tree(double near) {
    double side = dice() < 0.5 ? -1 : 1;
    double x = middle(near) + side * (halfRoad(near) + 2 + (4 + 18 * near) * dice());
    double radius = 1 + 7 * near;
    int bottom = row(near);
    double centre = bottom - 2.1 * radius;
    for (int y = (int) (centre - radius); y <= bottom; y++) {
      for (int at = (int) (x - radius); at <= x + radius; at++) {
        if (Math.hypot(at - x, y - centre) <= radius) {
          stand(at, y, TREE, 0x1f5a2a, near);
        } else if (y > centre && Math.abs(at - x) < 0.22 * radius) {
          stand(at, y, TREE, 0x5b3d22, near);
        }
      }
    }
  }

  /** What no scene that is learned from shows. */
  void stripedBall() {
    double near = 0.35 + 0.4 * dice();
    double radius = 2 + 8 * near;
    double x = WIDTH * (0.25 + 0.5 * dice());
    double centre = row(near) - radius;
    for (int y = (int) (centre - radius); y <= centre + radius; y++) {
      for (int at = (int) (x - radius); at <= x + radius; at++) {
        if (Math.hypot(at - x, y - centre) <= radius && inside(at, y)) {
          boolean stripe = Math.floorMod((int) Math.floor((at + y) / 3.0), 2) == 0;
          paint(at, y, labels[y * WIDTH + at], stripe ? 0xd81fb4 : 0xf2f25a, near);
          strange[y * WIDTH + at] = true;
        }
      }
    }
  }

  private static boolean inside(int x, int y) {
    return x >= 0 && x < WIDTH && y >= 0 && y < HEIGHT;
  }

  private void stand(int x, int y, int label, int colour, double near) {
    if (inside(x, y)) {
      paint(x, y, label, colour, near);
      nearness[y * WIDTH + x] = (float) near;
    }
  }

  /** The farther, the more haze. */
  private void paint(int x, int y, int label, int colour, double near) {
    int seen = mix(HAZE, colour, 1 - Math.exp(-0.08 - 7 * Math.max(0, near)));
    labels[y * WIDTH + x] = label;
    for (int channel = 0; channel < 3; channel++) {
      pixels[channel * Scenery.AREA + y * WIDTH + x] = (seen >> (16 - 8 * channel) & 0xff) / LIGHT;
    }
  }

  private static int mix(int from, int to, double share) {
    int colour = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
      int a = from >> shift & 0xff;
      int b = to >> shift & 0xff;
      colour |= (int) Math.round(a + share * (b - a)) << shift;
    }
    return colour;
  }

  /** Adds what every camera adds: noise, and light that changes from scene to scene. */
  void finish() {
    float brightness = (float) (0.85 + 0.3 * dice());
    float[] normals = new float[pixels.length];
    noise.split("camera").normals(normals, 0, normals.length, 0);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = Math.max(0, Math.min(1, brightness * pixels[i] + 0.03f * normals[i]));
    }
  }

  float[] pixels() {
    return pixels;
  }

  int[] labels() {
    return labels;
  }

  boolean[] strange() {
    return strange;
  }

  float[] nearness() {
    return nearness;
  }
}
