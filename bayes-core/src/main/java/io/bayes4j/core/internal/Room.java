package io.bayes4j.core.internal;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.bytedeco.javacpp.Pointer;

/**
 * Memory that new arrays may take: asked before a large one is made, since a machine without memory
 * ends the process, and JavaCPP's limit of the process is looked at only afterwards.
 */
public final class Room {
  /** Smaller arrays are made without a look. */
  private static final long LARGE = 64L << 20;

  /** How often to look whether arrays that nobody needs any more have been freed. */
  private static final int LOOKS = 10;

  private static final long LOOK_MILLISECONDS = 50;

  private static final double GIGABYTE = 1e9;

  private static final Path LINUX_MEMORY = Path.of("/proc/meminfo");

  /** Those who keep memory that nobody needs, for as long as they exist. */
  private static final Set<Runnable> KEEPERS =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private static final Room OF_PROCESS = new Room(Room::free);

  private final LongSupplier available;

  /**
   * A look at memory.
   *
   * @param available tells how many bytes are free
   */
  Room(LongSupplier available) {
    this.available = available;
  }

  /**
   * Checks that an array can be made.
   *
   * @param bytes that it takes
   * @param what it is, for the message
   * @throws IllegalArgumentException saying what it takes and what is free
   */
  public static void require(long bytes, Supplier<String> what) {
    OF_PROCESS.requireHere(bytes, what);
  }

  /**
   * Checks that many layers can be made, each of which alone is small.
   *
   * @param argument name of their number
   * @param bytes of the weights of each
   * @throws IllegalArgumentException saying what they take and what is free
   */
  public static void requireLayers(String argument, long number, long bytes) {
    long all = number > Long.MAX_VALUE / bytes ? Long.MAX_VALUE : number * bytes;
    require(all, () -> "a network with " + argument + " " + number);
  }

  /**
   * Says whom to ask for memory before an array is refused.
   *
   * @param keeper frees what it keeps for later; held weakly, so the caller holds it
   */
  public static void askBeforeRefusing(Runnable keeper) {
    KEEPERS.add(keeper);
  }

  void requireHere(long bytes, Supplier<String> what) {
    if (bytes < LARGE || bytes <= available.getAsLong()) {
      return;
    }
    long free = afterCollection(bytes);
    if (bytes > free) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s takes %.1f GB of memory, and %.1f GB are free (of the machine, of the container,"
                  + " or below org.bytedeco.javacpp.maxphysicalbytes)",
              what.get(),
              bytes / GIGABYTE,
              Math.max(free, 0) / GIGABYTE));
    }
  }

  /** Arrays that nobody holds are freed some time after the collector has found them. */
  private long afterCollection(long bytes) {
    List<Runnable> keepers;
    synchronized (KEEPERS) {
      keepers = List.copyOf(KEEPERS);
    }
    keepers.forEach(Runnable::run);
    System.gc();
    long free = available.getAsLong();
    for (int i = 0; i < LOOKS && bytes > free; i++) {
      try {
        Thread.sleep(LOOK_MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return available.getAsLong();
      }
      free = available.getAsLong();
    }
    return free;
  }

  /** The least of what the machine, the container and JavaCPP leave to this process. */
  private static long free() {
    long taken = Pointer.physicalBytes();
    long free = ofMachine() - taken;
    if (Pointer.maxPhysicalBytes() > 0) {
      free = Math.min(free, Pointer.maxPhysicalBytes() - taken);
    }
    return Math.min(free, ofLinux());
  }

  /** Memory of the machine with its swap space, or what a container may have of it. */
  private static long ofMachine() {
    try {
      MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
      ObjectName system = new ObjectName(ManagementFactory.OPERATING_SYSTEM_MXBEAN_NAME);
      return (long) beans.getAttribute(system, "TotalMemorySize")
          + Math.max(0, (long) beans.getAttribute(system, "TotalSwapSpaceSize"));
    } catch (JMException e) {
      // Not every JVM tells.
      return Long.MAX_VALUE;
    }
  }

  /** What Linux can give without ending a process: files it has in memory count as free. */
  private static long ofLinux() {
    if (!Files.exists(LINUX_MEMORY)) {
      return Long.MAX_VALUE;
    }
    try {
      List<String> lines = Files.readAllLines(LINUX_MEMORY);
      long available = kilobytes(lines, "MemAvailable:");
      return available < 0
          ? Long.MAX_VALUE
          : (available + Math.max(0, kilobytes(lines, "SwapFree:"))) << 10;
    } catch (IOException e) {
      // No answer is no reason to refuse.
      return Long.MAX_VALUE;
    }
  }

  private static long kilobytes(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(-1);
  }
}
