package org.widthbench.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What another user could have made or could change is no private folder. */
@EnabledOnOs(OS.LINUX)
class PrivateFolderTest {
    @TempDir
    private Path parent;

    private static void mode(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void aNewOneIsForThisUserAloneWhateverLiesAround() throws IOException {
        Path folder = PrivateFolder.open(parent.resolve("a/b/natives"));
        assertThat(mode(folder)).isEqualTo("rwx------");
        assertThat(PrivateFolder.open(parent.resolve("a/b/natives"))).isEqualTo(folder);
        assertThat(mode(PrivateFolder.fresh())).isEqualTo("rwx------");
    }

    @Test
    void oneThatOthersCouldReadIsClosedAndOneThatTheyCouldWriteToIsRefused() throws IOException {
        Path folder = Files.createDirectory(parent.resolve("natives"));
        mode(folder, "rwxr-xr-x");
        assertThat(mode(PrivateFolder.open(folder))).isEqualTo("rwx------");
        for (String permissions : new String[] {"rwxrwx---", "rwx----w-", "rwxrwxrwx"}) {
            mode(folder, permissions);
            assertThatThrownBy(() -> PrivateFolder.open(folder))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("can be written to by other users");
        }
    }

    @Test
    void aSymbolicLinkInItsPlaceIsNotFollowed() throws IOException {
        Path elsewhere = Files.createDirectory(parent.resolve("elsewhere"));
        mode(elsewhere, "rwx------");
        Path folder = Files.createSymbolicLink(parent.resolve("natives"), elsewhere);
        assertThatThrownBy(() -> PrivateFolder.open(folder)).hasMessageContaining("symbolic link");
        Files.delete(folder);
        Files.writeString(folder, "a file");
        assertThatThrownBy(() -> PrivateFolder.open(folder)).isInstanceOf(IOException.class);
    }

    @Test
    void aFolderThatOthersCouldRenameIsRefused() throws IOException {
        Path shared = Files.createDirectory(parent.resolve("shared"));
        PrivateFolder.open(shared.resolve("natives"));
        mode(shared, "rwxrwxrwx");
        assertThatThrownBy(() -> PrivateFolder.open(shared.resolve("natives")))
                .hasMessageContaining("which it lies in, can be written to by other users");
    }

    @Test
    void oneOfAnotherUserIsRefused() throws IOException {
        Path folder = Files.createDirectory(parent.resolve("natives"));
        mode(folder, "rwx------");
        boolean given;
        try {
            Files.setAttribute(folder, "unix:uid", 12345);
            given = true;
        } catch (IOException notRoot) {
            given = false;
        }
        if (!given) {
            System.out.println("SKIPPED: oneOfAnotherUserIsRefused needs the right to give files away (root)");
        }
        Assumptions.assumeTrue(given, "no right to give files away");
        assertThatThrownBy(() -> PrivateFolder.open(folder)).hasMessageContaining("belongs to another user");
    }
}
