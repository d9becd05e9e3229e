-- Tables of parameters come with `float\|None`: in code a backslash would be shown, and pandoc needs none there.
function Code(code)
  code.text = code.text:gsub('\\([|^])', '%1')
  return code
end
