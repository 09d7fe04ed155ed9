package io.bayes4j.core.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Files changed at random, for tests of readers. */
public final class Mutants {
  /** Numbers at which readers count wrong. */
  private static final List<Long> EDGES =
      List.of(0L, 1L, -1L, 255L, 65535L, 1L << 31, (1L << 31) - 1, Long.MAX_VALUE, 1L << 32);

  private final byte[] bytes;

  /** Contents of an archive by name; empty for other files. */
  private final Map<String, byte[]> entries = new LinkedHashMap<>();

  private Mutants(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Of a file. */
  public static Mutants of(Path file) throws IOException {
    Mutants mutants = new Mutants(Files.readAllBytes(file));
    if (mutants.bytes[0] == 'P') {
      try (ZipFile zip = new ZipFile(file.toFile())) {
        for (ZipEntry entry : Collections.list(zip.entries())) {
          mutants.entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
        }
      }
    }
    return mutants;
  }

  /** The bytes with a few changes; of an archive, mostly within one of its entries. */
  public byte[] next(long number) throws IOException {
    Dice random = new Dice(number);
    boolean within = !entries.isEmpty() && random.nextInt(4) > 0;
    return within ? inside(random) : changed(bytes, random);
  }

  /** An archive with one of its entries changed, so that the change gets past the checksums. */
  private byte[] inside(Dice random) throws IOException {
    List<String> names = List.copyOf(entries.keySet());
    String chosen = names.get(random.nextInt(names.size()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String name : names) {
        byte[] content = entries.get(name);
        byte[] written = name.equals(chosen) ? changed(content, random) : content;
        ZipEntry entry = new ZipEntry(name);
        CRC32 sum = new CRC32();
        sum.update(written);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(written.length);
        entry.setCrc(sum.getValue());
        zip.putNextEntry(entry);
        zip.write(written);
      }
    }
    return out.toByteArray();
  }

  private static byte[] changed(byte[] bytes, Dice random) {
    byte[] result = bytes.clone();
    int changes = 1 + random.nextInt(4);
    boolean text = bytes.length > 0 && bytes[0] == '{';
    for (int i = 0; i < changes && result.length > 16; i++) {
      int at = random.nextInt(result.length - 8);
      switch (random.nextInt(6)) {
        case 0 -> result[at] = (byte) random.nextInt(256);
        case 1 -> result[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> result = text ? renumbered(result, at, random) : edge(result, at, random);
        case 3 -> result = Arrays.copyOf(result, at + 8);
        case 4 -> System.arraycopy(result, random.nextInt(result.length - 8), result, at, 8);
        default -> result = text ? renumbered(result, at, random) : edge(result, at, random);
      }
    }
    return result;
  }

  private static byte[] edge(byte[] bytes, int at, Dice random) {
    long number = EDGES.get(random.nextInt(EDGES.size()));
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    switch (random.nextInt(3)) {
      case 0 -> buffer.putShort(at, (short) number);
      case 1 -> buffer.putInt(at, (int) number);
      default -> buffer.putLong(at, number);
    }
    return bytes;
  }

  /** A number in JSON replaced by another. */
  private static byte[] renumbered(byte[] bytes, int from, Dice random) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = from;
    while (at < text.length() && !Character.isDigit(text.charAt(at))) {
      at++;
    }
    int end = at;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    String number = Long.toString(EDGES.get(random.nextInt(EDGES.size())));
    return (text.substring(0, at) + number + text.substring(end))
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Numbers that follow from a seed (Steele, Lea and Flood 2014). */
  private static final class Dice {
    private long state;

    Dice(long seed) {
      this.state = seed;
    }

    int nextInt(int bound) {
      state += 0x9e3779b97f4a7c15L;
      long mixed = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
      mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
      return (int) Long.remainderUnsigned(mixed ^ (mixed >>> 31), bound);
    }
  }
}
