;; li s0, DATA
;; li a1, 50
;; 1: lw a2, 4(s0)
;; add a2, a2, a1
;; sw a2, 4(s0)
;; lbu a3, 7(s0)
;; addi a1, a1, -1
;; bnez a1, 1b

;; Module 1
(func (;4;) (type 0) (param i32 i64 i32 i32) (result i32)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i32 i32 i32 i32 i32 i32 i32)
    (if  ;; label = @1
      (i32.lt_s
        (local.get $budget)
        (i32.const 6))
      (then
        (i64.store offset=768
          (local.get $hart)
          (local.get $pc))
        (return
          (local.get $budget))))
    (local.set $hart
      (i32.const 1048576))
    (if  ;; label = @1
      (i32.ne
        (i32.load offset=1280
          (local.get $hart))
        (i32.const 1150976))
      (then
        (i32.store offset=1328
          (local.get $hart)
          (i32.const 1))
        (i64.store offset=768
          (local.get $hart)
          (local.get $pc))
        (return
          (local.get $budget))))
    (block  ;; label = @1
      (block  ;; label = @2
        (block  ;; label = @3
          (local.set $x8
            (i64.load offset=64
              (local.get $hart)))
          (local.set $x11
            (i64.load offset=88
              (local.get $hart)))
          (local.set $x12
            (i64.load offset=96
              (local.get $hart)))
          (local.set $x13
            (i64.load offset=104
              (local.get $hart)))
          (loop  ;; label = @4
            (block  ;; label = @5
              (i32.lt_s
                (local.get $budget)
                (i32.const 6))
              (local.set $exit
                (i32.const 65536))
              (br_if 2 (;@3;))
              (local.set $budget
                (i32.sub
                  (local.get $budget)
                  (i32.const 6)))
              (local.set $13
                (i64.add
                  (local.get $x8)
                  (i64.const 4)))
              (i64.gt_u
                (i64.add
                  (i64.load offset=1150976
                    (local.tee $11
                      (i32.and
                        (i32.shr_u
                          (i32.wrap_i64
                            (local.get $13))
                          (i32.const 8))
                        (i32.const 16368))))
                  (local.get $13))
                (i64.const 4092))
              (local.set $exit
                (i32.const -2146631680))
              (br_if 2 (;@3;))
              (local.set $x12
                (i64.load32_s
                  (i32.add
                    (i32.wrap_i64
                      (local.get $13))
                    (i32.load offset=1150984
                      (local.get $11)))))
              (local.set $x12
                (i64.add
                  (local.get $x12)
                  (local.get $x11)))
              (local.set $13
                (i64.add
                  (local.get $x8)
                  (i64.const 4)))
              (i64.gt_u
                (i64.add
                  (i64.load offset=1167360
                    (local.tee $11
                      (i32.and
                        (i32.shr_u
                          (i32.wrap_i64
                            (local.get $13))
                          (i32.const 8))
                        (i32.const 16368))))
                  (local.get $13))
                (i64.const 4092))
              (local.set $exit
                (i32.const -2146893816))
              (br_if 2 (;@3;))
              (i32.add
                (i32.wrap_i64
                  (local.get $13))
                (i32.load offset=1167368
                  (local.get $11)))
              (local.set $30
                (i32.load offset=1167368
                  (local.get $11)))
              (local.set $24
                (i64.sub
                  (i64.and
                    (local.get $13)
                    (i64.const -4096))
                  (i64.const 4)))
              (local.get $x12)
              (i64.store32)
              (local.set $13
                (i64.add
                  (local.get $x8)
                  (i64.const 7)))
              (i64.gt_u
                (i64.add
                  (i64.load offset=1150976
                    (local.tee $11
                      (i32.and
                        (i32.shr_u
                          (i32.wrap_i64
                            (local.get $13))
                          (i32.const 8))
                        (i32.const 16368))))
                  (local.get $13))
                (i64.const 4095))
              (local.set $exit
                (i32.const -2147024884))
              (br_if 2 (;@3;))
              (local.set $x13
                (i64.load8_u
                  (i32.add
                    (i32.wrap_i64
                      (local.get $13))
                    (i32.load offset=1150984
                      (local.get $11)))))
              (local.set $x11
                (i64.add
                  (local.get $x11)
                  (i64.const -1)))
              (br_if 0 (;@5;)
                (i64.ne
                  (local.get $x11)
                  (i64.const 0)))
              (local.set $exit
                (i32.const 65560))
              (br 2 (;@3;)))
            (loop  ;; label = @5
              (br_if 1 (;@4;)
                (i32.lt_s
                  (local.get $budget)
                  (i32.const 24)))
              (br_if 1 (;@4;)
                (i64.gt_u
                  (i64.sub
                    (local.get $x8)
                    (local.get $24))
                  (i64.const 4092)))
              (block  ;; label = @6
                (local.set $budget
                  (i32.sub
                    (local.get $budget)
                    (i32.const 6)))
                (local.set $x12
                  (i64.load32_s offset=4
                    (i32.add
                      (i32.wrap_i64
                        (local.get $x8))
                      (local.get $30))))
                (local.set $x12
                  (i64.add
                    (local.get $x12)
                    (local.get $x11)))
                (i64.store32 offset=4
                  (i32.add
                    (i32.wrap_i64
                      (local.get $x8))
                    (local.get $30))
                  (local.get $x12))
                (local.set $x13
                  (i64.load8_u offset=7
                    (i32.add
                      (i32.wrap_i64
                        (local.get $x8))
                      (local.get $30))))
                (local.set $x11
                  (i64.add
                    (local.get $x11)
                    (i64.const -1)))
                (br_if 0 (;@6;)
                  (i64.ne
                    (local.get $x11)
                    (i64.const 0)))
                (local.set $exit
                  (i32.const 65560))
                (br 3 (;@3;)))
              (block  ;; label = @6
                (local.set $budget
                  (i32.sub
                    (local.get $budget)
                    (i32.const 6)))
                (local.set $x12
                  (i64.load32_s offset=4
                    (i32.add
                      (i32.wrap_i64
                        (local.get $x8))
                      (local.get $30))))
                (local.set $x12
                  (i64.add
                    (local.get $x12)
                    (local.get $x11)))
                (i64.store32 offset=4
                  (i32.add
                    (i32.wrap_i64
                      (local.get $x8))
                    (local.get $30))
                  (local.get $x12))
                (local.set $x13
                  (i64.load8_u offset=7
                    (i32.add
                      (i32.wrap_i64
                        (local.get $x8))
                      (local.get $30))))
                (local.set $x11
                  (i64.add
                    (local.get $x11)
                    (i64.const -1)))
                (br_if 0 (;@6;)
                  (i64.ne
                    (local.get $x11)
                    (i64.const 0)))
                (local.set $exit
                  (i32.const 65560))
                (br 3 (;@3;)))
              (block  ;; label = @6
                (local.set $budget
                  (i32.sub
                    (local.get $budget)
                    (i32.const 6)))
                (local.set $x12
                  (i64.load32_s offset=4
                    (i32.add
                      (i32.wrap_i64
                        (local.get $x8))
                      (local.get $30))))
                (local.set $x12
                  (i64.add
                    (local.get $x12)
                    (local.get $x11)))
                (i64.store32 offset=4
                  (i32.add
                    (i32.wrap_i64
                      (local.get $x8))
                    (local.get $30))
                  (local.get $x12))
                (local.set $x13
                  (i64.load8_u offset=7
                    (i32.add
                      (i32.wrap_i64
                        (local.get $x8))
                      (local.get $30))))
                (local.set $x11
                  (i64.add
                    (local.get $x11)
                    (i64.const -1)))
                (br_if 0 (;@6;)
                  (i64.ne
                    (local.get $x11)
                    (i64.const 0)))
                (local.set $exit
                  (i32.const 65560))
                (br 3 (;@3;)))
              (local.set $budget
                (i32.sub
                  (local.get $budget)
                  (i32.const 6)))
              (local.set $x12
                (i64.load32_s offset=4
                  (i32.add
                    (i32.wrap_i64
                      (local.get $x8))
                    (local.get $30))))
              (local.set $x12
                (i64.add
                  (local.get $x12)
                  (local.get $x11)))
              (i64.store32 offset=4
                (i32.add
                  (i32.wrap_i64
                    (local.get $x8))
                  (local.get $30))
                (local.get $x12))
              (local.set $x13
                (i64.load8_u offset=7
                  (i32.add
                    (i32.wrap_i64
                      (local.get $x8))
                    (local.get $30))))
              (local.set $x11
                (i64.add
                  (local.get $x11)
                  (i64.const -1)))
              (br_if 0 (;@5;)
                (i64.ne
                  (local.get $x11)
                  (i64.const 0)))
              (local.set $exit
                (i32.const 65560))
              (br 2 (;@3;))))
          (unreachable))
        (i64.store offset=88
          (local.get $hart)
          (local.get $x11))
        (i64.store offset=96
          (local.get $hart)
          (local.get $x12))
        (i64.store offset=104
          (local.get $hart)
          (local.get $x13))
        (br 1 (;@1;))))
    (local.set $13
      (i64.add
        (local.get $pc)
        (i64.extend_i32_s
          (i32.sub
            (i32.and
              (local.get $exit)
              (i32.const 131071))
            (i32.const 65536)))))
    (if  ;; label = @1
      (i32.ge_s
        (local.get $exit)
        (i32.const 0))
      (then
        (return_call_indirect (type 0)
          (local.get $hart)
          (local.get $13)
          (local.get $budget)
          (local.get $depth)
          (select
            (i32.load offset=8
              (local.tee $11
                (i32.add
                  (i32.and
                    (i32.shl
                      (i32.xor
                        (local.tee $11
                          (i32.wrap_i64
                            (local.get $13)))
                        (i32.shr_u
                          (local.get $11)
                          (i32.const 12)))
                      (i32.const 3))
                    (i32.const 65520))
                  (i32.load offset=1332
                    (local.get $hart)))))
            (i32.const 0)
            (i32.and
              (i64.eq
                (i64.load
                  (local.get $11))
                (i64.or
                  (local.get $13)
                  (i64.const 1)))
              (i32.eq
                (i32.load offset=12
                  (local.get $11))
                (i32.load offset=1336
                  (local.get $hart))))))))
    (i32.store offset=1328
      (local.get $hart)
      (i32.const 1))
    (i64.store offset=768
      (local.get $hart)
      (local.get $13))
    (i32.add
      (local.get $budget)
      (i32.and
        (i32.shr_u
          (local.get $exit)
          (i32.const 17))
        (i32.const 16383))))
