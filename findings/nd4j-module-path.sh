#!/bin/sh
# Whether ND4J can be a module. Seen with ND4J 1.0.0-M2.1 and JavaCPP 1.5.7 on JDK 17.
#
# Guess: nd4j-api has a module-info, so it is a module; or at least every jar is one by its name.
# Seen:  the JVM refuses nd4j-api: its module-info names a package that is not in the jar. So it has to stay on the class path. There, under a
#        program that is a module, its first array is a null pointer in JavaCPP ("RAW" is null) unless something requires jdk.unsupported,
#        where sun.misc.Unsafe is.
#
# Needs a JDK 17 and Maven. Fails if the behaviour changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.nd4j</groupId>
      <artifactId>nd4j-native</artifactId>
      <version>1.0.0-M2.1</version>
    </dependency>
  </dependencies>
</project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath -Dmdep.outputFile=path > /dev/null
api=$(tr ':' '\n' < path | grep '/nd4j-api-')
java -p "$api" --list-modules > said 2>&1 || true
grep "not found in module" said || { echo "nd4j-api is a module now"; exit 1; }

mkdir source
cat > source/module-info.java <<'JAVA'
module program {}
JAVA
mkdir source/program
cat > source/program/Main.java <<'JAVA'
package program;

public class Main {
  public static void main(String[] arguments) throws Exception {
    Class<?> factory = Class.forName("org.nd4j.linalg.factory.Nd4j");
    System.out.println("made " + factory.getMethod("scalar", float.class).invoke(null, 2f));
  }
}
JAVA
javac -d classes source/module-info.java source/program/Main.java
java -p classes -cp "$(cat path)" -m program/program.Main > said 2>&1 || true
grep "is null$" said || { echo "an array was made without jdk.unsupported"; exit 1; }
java -p classes -cp "$(cat path)" --add-modules jdk.unsupported -m program/program.Main 2>&1 | grep "^made 2"
