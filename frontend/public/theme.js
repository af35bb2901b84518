// Before the first paint, so that nothing flashes; app/theme.ts goes on from here.
(function () {
  var chosen = "system";
  try {
    chosen = JSON.parse(localStorage.getItem("ibutsu.theme")) || "system";
  } catch {
    // storage is forbidden: the system decides
  }
  var isDark =
    chosen === "dark" || (chosen === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("pf-v6-theme-dark", isDark);
})();
